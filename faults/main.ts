import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../harness/options.ts';
import { describeMachine } from '../harness/machine.ts';
import { type FaultOptions, parseOptions, usage } from './options.ts';
import { type Outcome, outcomeText, reportText, updateDocument, writeReport } from './report.ts';
import { closeAll, Lane } from './run.ts';
import { createTemplate } from './world/template.ts';

/** Faults of each scenario that are printed once more at the end, where a reader of a log looks first. */
const mostRepeated = 5;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * Runs all scenarios, some concurrently, and then those that run alone. @returns their results, in the order of the
 * scenarios
 */
async function runAll(options: FaultOptions, folder: string): Promise<Outcome[]> {
  const { scenarios, form, seed, jobs, attacks } = options;
  const template = await createTemplate(folder, seed);
  const outcomes: Outcome[] = [];
  const runLane = async (waiting: number[]): Promise<void> => {
    const lane = new Lane({ form, seed, folder, template, attacks });
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const scenario = scenarios[index];
      if (!scenario) continue;
      const outcome = await lane.run(scenario);
      outcomes[index] = outcome;
      say(outcomeText(outcome));
    }
    await lane.close();
  };
  const indexes = [...scenarios.keys()];
  const together = indexes.filter((index) => !scenarios[index]?.alone);
  await Promise.all(Array.from({ length: jobs }, () => runLane(together)));
  await runLane(indexes.filter((index) => scenarios[index]?.alone));
  const machine = describeMachine(await template.postgres.version());
  const report = { date: new Date().toISOString(), machine, form, seed, outcomes };
  await writeReport(report, options.out);
  if (options.document !== undefined) await updateDocument(report, options.document);
  say(`\n${reportText(report)}`);
  return outcomes;
}

async function run(options: FaultOptions): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'standfirst-faults-'));
  // As root, PostgreSQL runs as another user, who needs access to the folder.
  await chmod(folder, 0o755);
  const clean = () => rm(folder, { recursive: true, force: true });
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
    process.once(
      signal,
      () =>
        void closeAll()
          .then(clean)
          .finally(() => process.exit(1)),
    );
  try {
    const outcomes = await runAll(options, folder);
    const count = (wanted: string) => outcomes.filter(({ outcome }) => outcome === wanted).length;
    say(
      `\n${count('held')} held, ${count('broken')} broken, ${count('skipped')} skipped (seed ${options.seed})`,
    );
    for (const { name, faults } of outcomes)
      for (const fault of faults.slice(0, mostRepeated)) say(`BROKEN  ${name}: ${fault}`);
    return count('broken') === 0;
  } finally {
    await clean();
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (!options) process.stdout.write(usage);
  else if (!(await run(options))) process.exitCode = 1;
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(error instanceof UsageError ? `${error.message}\n\n${usage}` : `${text}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
