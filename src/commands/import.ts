import { parseArgs } from 'node:util';
import { type CommandContext, runCommand, UsageError, withDatabase } from './command.ts';
import { commandLine } from '../config/command-line.ts';
import { selectHasCampaign } from '../funding/campaign.queries.ts';
import { faultLines, ImportRefusal } from '../import/faults.ts';
import { type ImportOutcome, ImportService } from '../import/import.service.ts';
import { progressOn } from '../import/progress.ts';
import { readDocument } from '../import/read-document.ts';

const usage = `Usage: ${commandLine('import', 'FILE…')}

Brings articles in with their history: each FILE is one document in JSON, - is the standard input. A document is checked
as a whole, brought in as a whole or not at all, and can be brought in again: what it says anew is added or changed, what
it leaves out stays, as does an article's campaign. docs/import-export.md describes the form.

Exit code: 0 all were brought in, 1 some were refused, 2 wrongly called.
`;

const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

function describe({ outcome, slug, ...numbers }: ImportOutcome): string {
  const { addedComments, addedEndorsements, events, leftOut } = numbers;
  const added = `${count(addedComments, 'comment')} and ${count(addedEndorsements, 'endorsement')}`;
  const aside =
    leftOut === 0
      ? ''
      : ` (${count(leftOut, 'reply', 'replies')} left out: what they reply to has vanished here)`;
  switch (outcome) {
    case 'new':
      return `new: ${slug}, ${added}${aside}`;
    case 'changed':
      return `changed: ${slug}, ${added} added, ${count(events, 'event')}${aside}`;
    case 'unchanged':
      return `unchanged: ${slug}${aside}`;
    case 'left':
      return `left as it is: ${slug} was taken back here`;
  }
}

/** @returns whether the document was imported */
async function importFile(
  file: string,
  service: ImportService,
  { db, config: { maxCommentDepth } }: CommandContext,
): Promise<boolean> {
  const progress = progressOn(process.stderr, file);
  try {
    const outcome = await service.import(await readDocument(file, maxCommentDepth), progress.report);
    progress.end();
    const hasCampaign = await selectHasCampaign(db, outcome.slug);
    process.stdout.write(
      `${file}: ${describe(outcome)}${hasCampaign ? '; its campaign is left as it is' : ''}\n`,
    );
    return true;
  } catch (error) {
    progress.end();
    if (!(error instanceof ImportRefusal)) throw error;
    for (const line of faultLines(error.faults)) process.stderr.write(`${file}: ${line}\n`);
    return false;
  }
}

async function importAll(files: readonly string[], context: CommandContext): Promise<number> {
  const { db, log, config } = context;
  const service = new ImportService({ db, log, maxDepth: config.maxCommentDepth });
  let refused = 0;
  for (const file of files) if (!(await importFile(file, service, context))) refused += 1;
  if (refused > 0)
    process.stderr.write(`${count(refused, 'document')} refused and not written.
`);
  return refused > 0 ? 1 : 0;
}

await runCommand((args) => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return Promise.resolve(0);
  }
  if (positionals.length === 0) throw new UsageError('Which FILE?');
  return withDatabase((context) => importAll(positionals, context));
}, usage);
