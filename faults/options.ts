import { parseArgs } from 'node:util';
import { UsageError, whole } from '../harness/options.ts';
import { attacks } from './abuse/attacks.ts';
import type { Form, Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

export interface FaultOptions {
  readonly scenarios: readonly Scenario[];
  readonly form: Form;
  readonly seed: number;
  /** The attacks of `abuse` to run; empty: all. */
  readonly attacks: readonly string[];
  /** Number of concurrent scenarios. */
  readonly jobs: number;
  /** The folder for the reports. */
  readonly out: string;
  /** A document into which the figures are inserted. */
  readonly document: string | undefined;
}

export const usage = `Usage: npm run faults -- [scenario …] [options]     (default: all scenarios)

${scenarios.map(({ name, title }) => `  ${name.padEnd(20)} ${title.replaceAll('`', '')}`).join('\n')}

  --short       fewer clients and faults: all within two minutes
  --seed N      of the random faults (1)
  --attack NAME of abuse, may be repeated (all): ${Object.keys(attacks).join(', ')}
  --jobs N      scenarios at a time (1; 2 with --short)
  --out FOLDER  for the reports (faults/results)
  --into FILE   inserts the figures into a document as well: docs/reliability.md

Everything runs on dedicated PostgreSQL and Redis servers, in temporary folders. Exit code 1: a promise was broken.
`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        short: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        attack: { type: 'string', multiple: true, default: [] },
        jobs: { type: 'string' },
        out: { type: 'string', default: 'faults/results' },
        into: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @returns undefined where only the usage text is requested
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): FaultOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const unknown = positionals.find((word) => !scenarios.some(({ name }) => name === word));
  if (unknown !== undefined) throw new UsageError(`There is no scenario called ${unknown}`);
  const unknownAttack = values.attack.find((name) => !Object.hasOwn(attacks, name));
  if (unknownAttack !== undefined) throw new UsageError(`There is no attack called ${unknownAttack}`);
  return {
    attacks: values.attack,
    scenarios: scenarios.filter(({ name, longOnly = false }) =>
      positionals.length === 0 ? !(values.short && longOnly) : positionals.includes(name),
    ),
    form: values.short ? 'short' : 'long',
    seed: whole('seed', values.seed),
    jobs: whole('jobs', values.jobs ?? (values.short ? '2' : '1')),
    out: values.out,
    document: values.into,
  };
}
