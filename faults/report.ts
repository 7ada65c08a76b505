import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine } from '../harness/machine.ts';
import { table } from '../harness/figures.ts';
import { stepsText } from './abuse/report.ts';
import type { Step } from './abuse/siege.ts';
import type { Form } from './scenario.ts';
import type { Figures } from './world/world.ts';

/** The result of one scenario. */
export interface Outcome {
  readonly name: string;
  readonly title: string;
  readonly outcome: 'held' | 'broken' | 'skipped';
  readonly seconds: number;
  /** Figures of the scenario itself. */
  readonly told: Figures;
  /** Figures of the checker. */
  readonly checked: Figures;
  /** Every broken promise. */
  readonly faults: readonly string[];
  /** The attacks of a scenario that consists of them. */
  readonly steps: readonly Step[];
}

export interface FaultReport {
  readonly date: string;
  readonly machine: Machine;
  readonly form: Form;
  readonly seed: number;
  readonly outcomes: readonly Outcome[];
}

/** Number of faults of a scenario that are printed; the JSON contains all of them. */
const mostFaults = 60;

const figuresText = (figures: Figures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? value.toLocaleString('en') : value}`)
    .join('; ');

/** One scenario, for the terminal. */
export function outcomeText({ name, outcome, seconds, told, checked, faults, steps }: Outcome): string {
  const lines = [
    `${outcome.padEnd(8)}${name.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s  ${figuresText({ ...told, ...checked })}`,
  ];
  if (steps.length > 0) lines.push(stepsText(steps));
  lines.push(...faults.slice(0, mostFaults).map((fault) => `        ${fault}`));
  if (faults.length > mostFaults) lines.push(`        … and ${faults.length - mostFaults} more`);
  return lines.join('\n');
}

/** The checker's figures that get a column. */
const columns = ['acknowledged', 'unknown', 'failed', 'subscribers', 'events', 'resets', 'closes'] as const;

/** Environment of a report. */
function headText({ date, machine, form, seed }: FaultReport): string {
  const { cores, memoryGb, platform, node, postgres } = machine;
  return (
    `${date.slice(0, 10)}, ${form} form, seed ${seed}: ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}, PostgreSQL ` +
    `${postgres}; service, clients, database and Redis on the same machine.`
  );
}

/** The scenarios without attacks, as a table; undefined: there are none. */
function scenariosText({ outcomes }: FaultReport): string | undefined {
  const rows = outcomes
    .filter(({ steps }) => steps.length === 0)
    .map(({ title, outcome, told, checked }) => [
      title,
      figuresText(told),
      outcome,
      ...columns.map((name) => (checked[name] ?? '–').toLocaleString('en')),
    ]);
  return rows.length === 0
    ? undefined
    : table([['what happens', 'how it went', 'promises', ...columns], ...rows]);
}

/** The attacks as a table; undefined: there are none. */
function attacksText({ outcomes }: FaultReport): string | undefined {
  const steps = outcomes.flatMap((outcome) => outcome.steps);
  return steps.length === 0 ? undefined : stepsText(steps);
}

const present = (text: string | undefined): text is string => text !== undefined;

/** The whole report, as Markdown. */
export function reportText(report: FaultReport): string {
  return [headText(report), scenariosText(report), attacksText(report)].filter(present).join('\n\n');
}

/** Replaces the text between two markers. @throws Error where the document has no such markers */
function putBetween(text: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no place for the ${name}: ${begin} … ${end}`);
  return `${text.slice(0, from)}${begin}\n\n${part}\n\n${text.slice(to)}`;
}

/**
 * Inserts the report into a document, scenarios and attacks at their own markers; figures of what was not run stay.
 * @throws Error where the document has no markers
 */
export function withFigures(document: string, report: FaultReport): string {
  const head = headText(report);
  const [scenarios, attacks] = [scenariosText(report), attacksText(report)];
  let text = document;
  if (scenarios !== undefined) text = putBetween(text, 'figures', `${head}\n\n${scenarios}`);
  if (attacks !== undefined) text = putBetween(text, 'figures of attacks', `${head}\n\n${attacks}`);
  return text;
}

/** As `withFigures`, for a file. */
export async function updateDocument(report: FaultReport, file: string): Promise<void> {
  await writeFile(file, withFigures(await readFile(file, 'utf8'), report));
}

/** Writes `faults.md` and, with every fault, `faults.json`. */
export async function writeReport(report: FaultReport, out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'faults.md'), `${reportText(report)}\n`);
  await writeFile(join(out, 'faults.json'), `${JSON.stringify(report, null, 2)}\n`);
}
