import { init } from 'echarts';

/** A line of a plot: a value for each place on the horizontal axis. */
export interface PlotLine {
  readonly name: string;
  readonly values: readonly number[];
}

/** A plot over numbers that grow by factors. */
export interface Plot {
  readonly title: string;
  readonly across: { readonly name: string; readonly values: readonly number[] };
  readonly up: { readonly name: string; readonly isLogarithmic?: boolean };
  readonly lines: readonly PlotLine[];
}

const [width, height] = [720, 400];

/** The plot as SVG, on white, so that it can be read on a dark page. */
export function plotSvg({ title, across, up, lines }: Plot): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    color: ['#1f5fa8', '#b3541e', '#4a7a2c', '#7b4a9e'],
    textStyle: { fontFamily: 'sans-serif' },
    title: { text: title, left: 'center', textStyle: { fontSize: 15, fontWeight: 'normal' } },
    legend: { bottom: 0 },
    grid: { left: 70, right: 30, top: 50, bottom: 70 },
    // The places have equal distances, as the numbers have equal factors.
    xAxis: {
      type: 'category',
      name: across.name,
      nameLocation: 'middle',
      nameGap: 26,
      data: across.values.map((value) => value.toLocaleString('en')),
    },
    yAxis: {
      type: up.isLogarithmic === true ? 'log' : 'value',
      name: up.name,
      nameLocation: 'middle',
      nameGap: 48,
      ...(up.isLogarithmic === true ? {} : { min: 0 }),
    },
    series: lines.map(({ name, values }) => ({ type: 'line', name, symbolSize: 7, data: [...values] })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
