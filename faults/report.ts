import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine, table } from '../bench/report.ts';
import type { Form } from './scenario.ts';
import type { Figures } from './world/world.ts';

/** What came of one scenario. */
export interface Outcome {
  readonly name: string;
  readonly title: string;
  readonly outcome: 'held' | 'broken' | 'skipped';
  readonly seconds: number;
  /** What the scenario has to tell. */
  readonly told: Figures;
  /** What the checker looked at. */
  readonly checked: Figures;
  /** Every promise that was broken. */
  readonly faults: readonly string[];
}

export interface FaultReport {
  readonly date: string;
  readonly machine: Machine;
  readonly form: Form;
  readonly seed: number;
  readonly outcomes: readonly Outcome[];
}

/** So many faults of a scenario are printed; the JSON has all of them. */
const mostFaults = 12;

const figuresText = (figures: Figures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? value.toLocaleString('en') : value}`)
    .join('; ');

/** One scenario, for the terminal. */
export function outcomeText({ name, outcome, seconds, told, checked, faults }: Outcome): string {
  const lines = [
    `${outcome.padEnd(8)}${name.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s  ${figuresText({ ...told, ...checked })}`,
  ];
  lines.push(...faults.slice(0, mostFaults).map((fault) => `        ${fault}`));
  if (faults.length > mostFaults) lines.push(`        … and ${faults.length - mostFaults} more`);
  return lines.join('\n');
}

/** What of the checker's figures is worth a column. */
const columns = ['acknowledged', 'unknown', 'failed', 'subscribers', 'events', 'resets', 'closes'] as const;

/** All of them, as Markdown. */
export function reportText({ date, machine, form, seed, outcomes }: FaultReport): string {
  const { cores, memoryGb, platform, node, postgres } = machine;
  const rows = outcomes.map(({ title, outcome, told, checked }) => [
    title,
    figuresText(told),
    outcome,
    ...columns.map((name) => (checked[name] ?? '–').toLocaleString('en')),
  ]);
  return [
    `${date.slice(0, 10)}, ${form} form, seed ${seed}: ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}, PostgreSQL ` +
      `${postgres}; service, clients, database and Redis on the same machine.`,
    table([['what happens', 'how it went', 'promises', ...columns], ...rows]),
  ].join('\n\n');
}

const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];

/** Puts the report between its marks in a document. @throws Error where there are none */
export async function updateDocument(report: FaultReport, file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for figures: ${begin} … ${end}`);
  await writeFile(file, `${text.slice(0, from)}${begin}\n\n${reportText(report)}\n\n${text.slice(to)}`);
}

/** Writes `faults.md` and, with every fault, `faults.json`. */
export async function writeReport(report: FaultReport, out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'faults.md'), `${reportText(report)}\n`);
  await writeFile(join(out, 'faults.json'), `${JSON.stringify(report, null, 2)}\n`);
}
