import { type CommandContext, runCommand, UsageError, withDatabase } from './command.ts';
import { commandLine } from '../platform/config/command-line.ts';
import { prune as pruneOnce, type PruneRun } from '../platform/db/pruning.ts';
import { updateEpoch } from '../platform/events/log.ts';
import { features } from '../app/features.ts';
import { pruningTasks } from '../platform/feature/gather.ts';

const usage = `Usage: ${commandLine('events', 'rotate')}
       ${commandLine('events', 'prune')}

  rotate    begins a new epoch: every cursor that a client holds becomes invalid, and whoever listens is told to load the
            page again. Run it once after a backup was restored, or after a failover that may have lost commits, before
            any node starts: the numbers of lost events are given to other ones.
  prune     removes at once what each node removes now and then: events older than EVENT_RETENTION_HOURS, idempotency
            keys, tokens and sessions that are over. Nodes may run meanwhile.

Exit code: 0 done, 1 failed, 2 wrongly called.
`;

async function rotate({ db }: CommandContext): Promise<void> {
  process.stdout.write(`New epoch: ${await updateEpoch(db)}\n`);
}

async function prune({ db, config }: CommandContext): Promise<void> {
  const faults: unknown[] = [];
  const onError = (error: unknown): void => void faults.push(error);
  say(await pruneOnce({ db, tasks: pruningTasks(features, config), onError }));
  if (faults.length > 0) throw faults[0];
}

/** Prints the removed rows, which stay removed even if another part has failed. */
function say({ outcome, removed, seconds }: PruneRun): void {
  const lines = Object.entries(removed).map(([table, rows]) => `${table}: ${rows} removed`);
  if (outcome === 'busy') lines.push('A node is at it now and does the rest.');
  if (outcome === 'done') lines.push(`Done in ${seconds.toFixed(1)} s.`);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

const commands: Record<string, (context: CommandContext) => Promise<void>> = { rotate, prune };

await runCommand(async (args) => {
  const [word = '', ...rest] = args;
  if (word === '--help' || word === '-h') {
    process.stdout.write(usage);
    return 0;
  }
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (!command || rest.length > 0) throw new UsageError('The commands are "rotate" and "prune".');
  await withDatabase(command);
  return 0;
}, usage);
