import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandContext, linksOf, runCommand, UsageError, withDatabase } from './command.ts';
import { commandLine } from '../platform/config/command-line.ts';
import { selectHasCampaign } from '../features/funding/campaign/campaign.queries.ts';
import { faultLines, ImportRefusal } from '../features/import/faults.ts';
import { ImportService } from '../features/import/import.service.ts';
import { progressOn } from '../features/import/progress.ts';
import { count, describe } from './import-outcome.ts';
import { importFrom, requireSource } from './import-from.ts';
import { readDocument } from '../features/import/read-document.ts';

const usage = `Usage: ${commandLine('import', 'FILE…')}
       ${commandLine('import', '--from disqus|wordpress|coral [--map FILE] [--create BYLINE] FILE')}

Brings articles in with their history: each FILE is one document in JSON, - is the standard input. A document is checked
as a whole, brought in as a whole or not at all, and can be brought in again: what it says anew is added or changed, what
it leaves out stays, as does an article's campaign. docs/import-export.md describes the form.

With --from, FILE is the export of another comment system: the XML of Disqus or WordPress, or a folder with the comments.json,
stories.json and users.json of Coral's database. Its threads are imported for the articles whose addresses they have; --map
names a file with other articles for some of them, one "THREAD,ARTICLE" in each line, and --create makes articles under a byline
for threads that have none. Nothing is written if anything is wrong with the export; then each article is written as a
whole or not at all.

Exit code: 0 all were brought in, 1 some were refused, 2 wrongly called.
`;

/** @returns whether the document was imported */
async function importFile(
  file: string,
  service: ImportService,
  { db, config: { maxCommentDepth } }: CommandContext,
): Promise<boolean> {
  const progress = progressOn(process.stderr, file);
  try {
    const document = await readDocument(file, maxCommentDepth);
    const outcome = await ('article' in document
      ? service.import(document, progress.report)
      : service.importThread(document, progress.report));
    progress.clear();
    const hasCampaign = await selectHasCampaign(db, outcome.slug);
    process.stdout.write(
      `${file}: ${describe(outcome)}${hasCampaign ? '; its campaign is left as it is' : ''}\n`,
    );
    return true;
  } catch (error) {
    progress.clear();
    if (!(error instanceof ImportRefusal)) throw error;
    for (const line of faultLines(error.faults)) process.stderr.write(`${file}: ${line}\n`);
    return false;
  }
}

async function importAll(files: readonly string[], context: CommandContext): Promise<number> {
  const { db, log, config } = context;
  const service = new ImportService({ db, log, maxDepth: config.maxCommentDepth, pages: linksOf(config) });
  let refused = 0;
  for (const file of files) if (!(await importFile(file, service, context))) refused += 1;
  if (refused > 0)
    process.stderr.write(`${count(refused, 'document')} refused and not written.
`);
  return refused > 0 ? 1 : 0;
}

/** Beside this one, as it was written or as it was compiled. */
const program = join(import.meta.dirname, `import-texts${extname(import.meta.filename)}`);

await runCommand((args) => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      map: { type: 'string' },
      create: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return Promise.resolve(0);
  }
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError('Which FILE?');
  const { from, map, create } = values;
  if (from !== undefined) {
    const source = requireSource(from);
    if (more.length > 0) throw new UsageError('One FILE at a time with --from.');
    if (file === '-') throw new UsageError('With --from, the standard input is /dev/stdin.');
    return withDatabase((context) => importFrom({ source, file, map, create, program }, context));
  }
  if (map !== undefined || create !== undefined) throw new UsageError('--map and --create are for --from.');
  return withDatabase((context) => importAll(positionals, context));
}, usage);
