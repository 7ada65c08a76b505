import { type Comparison, type SideResult, takeTurns } from '../measure/rounds.ts';
import { measureArrivals } from './arrivals.ts';
import { type BrowserStage, scrollUntil, toTheMiddle } from './stage.ts';
import { onDevice, sides } from './visit.ts';

const columns = [
  { key: 'script', name: 'scripting ms/s', digits: 1 },
  { key: 'style', name: 'style ms/s', digits: 1 },
  { key: 'layout', name: 'layout ms/s', digits: 1 },
  { key: 'task', name: 'all tasks ms/s', digits: 1 },
  { key: 'longTasks', name: 'tasks over 50 ms', digits: 0 },
  { key: 'longest', name: 'the longest ms', digits: 0 },
  { key: 'heap', name: 'heap MB', digits: 1 },
  { key: 'events', name: 'events/s', digits: 1 },
];

const scrollingColumns = [
  ...columns,
  { key: 'frame95', name: 'frame p95 ms', digits: 1 },
  { key: 'frame99', name: 'frame p99 ms', digits: 1 },
];

interface Situation {
  readonly name: string;
  /** Number of loaded comments. */
  readonly comments: number;
  readonly isScrolling: boolean;
}

/** Measures the cost of displaying arriving events, for several positions of the reader. */
export async function benchArrivals(stage: BrowserStage): Promise<Comparison[]> {
  const { onProgress, options, size } = stage;
  const { loaded, eventsPerSecond, slowdowns } = size;
  const count = loaded.toLocaleString('en');
  const situations: readonly Situation[] = [
    { name: 'reading at the top', comments: 0, isScrolling: false },
    { name: `reading amid ${count} loaded`, comments: loaded, isScrolling: false },
    { name: `scrolling amid ${count} loaded`, comments: loaded, isScrolling: true },
  ];
  const comparisons: Comparison[] = [];
  for (const slowdown of slowdowns) {
    for (const { name: where, comments, isScrolling } of situations) {
      const title = `browser: ${eventsPerSecond} events/s, ${where}${onDevice(slowdown)}`;
      const results = await takeTurns(sides, options.rounds, async ({ name, side }, round) => {
        const tab = await stage.openThread({ side, isSignedIn: true, comments, slowdown });
        try {
          const figures = await measureArrivals(stage, tab, isScrolling);
          onProgress(`${title}: round ${round + 1}, ${name}: ${figures.script?.toFixed(0)} ms/s`);
          return figures;
        } finally {
          await tab.context.close();
        }
      });
      comparisons.push({ title, columns: isScrolling ? scrollingColumns : columns, sides: results });
    }
  }
  return comparisons;
}

/**
 * The same with as much of the thread as loads within some minutes. Because that takes so long, each side loads once
 * and is measured in all rounds.
 */
export async function benchWhole(stage: BrowserStage): Promise<Comparison[]> {
  const { onProgress, options, size } = stage;
  const reading: SideResult[] = [];
  const scrolling: SideResult[] = [];
  let loaded = 0;
  for (const { name, side } of sides) {
    const tab = await stage.openThread({ side, isSignedIn: true, comments: loaded });
    try {
      if (side === 'page') {
        const start = performance.now();
        loaded = await scrollUntil(tab.page, Infinity, size.wholeWithinMs);
        const seconds = (performance.now() - start) / 1000;
        onProgress(`browser: ${loaded} rows were loaded in ${seconds.toFixed(1)} s`);
        await toTheMiddle(tab.page);
      }
      for (const [results, isScrolling] of [
        [reading, false],
        [scrolling, true],
      ] as const) {
        const rounds = [];
        for (let round = 0; round < options.rounds; round++)
          rounds.push(await measureArrivals(stage, tab, isScrolling));
        results.push({ name, rounds });
      }
    } finally {
      await tab.context.close();
    }
  }
  const title = (what: string) =>
    `browser: ${size.eventsPerSecond} events/s, ${what} amid ${loaded.toLocaleString('en')} loaded`;
  return [
    { title: title('reading'), columns, sides: reading },
    { title: title('scrolling'), columns: scrollingColumns, sides: scrolling },
  ];
}
