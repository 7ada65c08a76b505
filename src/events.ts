import { runCommand, UsageError, withDatabase } from './command.ts';
import { updateEpoch } from './events/log.ts';

const usage = `Usage: npm run events -- rotate

  rotate    begins a new epoch: every cursor that a client holds becomes invalid, and whoever listens is told to load the
            page again. Run it once after a backup was restored, or after a failover that may have lost commits, before
            any node starts: the numbers of lost events are given to other ones.

Exit code: 0 done, 1 failed, 2 wrongly called.
`;

await runCommand(async (args) => {
  const [word, ...rest] = args;
  if (word === '--help' || word === '-h') {
    process.stdout.write(usage);
    return 0;
  }
  if (word !== 'rotate' || rest.length > 0) throw new UsageError('The one command is "rotate".');
  const epoch = await withDatabase(({ db }) => updateEpoch(db));
  process.stdout.write(`New epoch: ${epoch}\n`);
  return 0;
}, usage);
