import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { median, table } from '../harness/figures.ts';
import type { Machine } from '../harness/machine.ts';
import type { Column, Comparison, SideResult } from './measure/rounds.ts';
import type { BenchOptions } from './options.ts';

/** All results of a run. */
export interface Report {
  readonly date: string;
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly comparisons: readonly Comparison[];
}

const figure = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function medianRow({ name, rounds }: SideResult, columns: readonly Column[]): string[] {
  return [
    name,
    ...columns.map(({ digits, key }) => {
      const value = median(rounds.map((figures) => figures[key] ?? NaN));
      return Number.isNaN(value) ? '–' : figure(value, digits);
    }),
  ];
}

/** The median ratio of all rounds, with the extremes. Ratios within one round cancel out what else the machine does. */
function ratioRow(first: SideResult, other: SideResult, columns: readonly Column[]): string[] {
  return [
    `${first.name} / ${other.name}`,
    ...columns.map(({ key }) => {
      const ratios = first.rounds.flatMap((figures, round) => {
        const beside = other.rounds[round];
        return beside ? [(figures[key] ?? NaN) / (beside[key] ?? NaN)] : [];
      });
      if (ratios.some((ratio) => !Number.isFinite(ratio))) return '–';
      return `${figure(median(ratios), 2)} (${figure(Math.min(...ratios), 2)}–${figure(Math.max(...ratios), 2)})`;
    }),
  ];
}

function comparisonText({ title, columns, sides }: Comparison): string {
  const [first, ...others] = sides;
  if (!first) return title;
  const rows = [
    ['', ...columns.map(({ name }) => name)],
    ...sides.map((side) => medianRow(side, columns)),
    ...others.map((other) => ratioRow(first, other, columns)),
  ];
  return `### ${title}\n\n${table(rows)}`;
}

/** The figures as Markdown: medians of all rounds, ratios with their extremes. */
export function reportText({ date, machine, options, comparisons }: Report): string {
  const { comments, longestThread, articles } = options.size;
  const { cores, memoryGb, platform, node, postgres, load } = machine;
  return [
    `## Figures of ${date.slice(0, 10)}`,
    `${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}, PostgreSQL ${postgres}; service, load and database on the ` +
      `same machine, load average ${figure(load, 1)}. ${figure(articles, 0)} articles, ${figure(comments, 0)} comments, ` +
      `${figure(longestThread, 0)} of them under one article. ${options.rounds} ${options.rounds === 1 ? 'round' : 'rounds'} of ${options.seconds} s.`,
    ...comparisons.map(comparisonText),
  ].join('\n\n');
}

/** Writes `NAME.md` and, with every round, `NAME.json`. @returns the Markdown */
export async function writeReport(report: Report): Promise<string> {
  const { out, commands } = report.options;
  const text = reportText(report);
  await mkdir(out, { recursive: true });
  const file = join(out, commands.join('-'));
  await writeFile(`${file}.md`, `${text}\n`);
  await writeFile(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`);
  return text;
}
