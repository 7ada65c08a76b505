import { maxFaultsTold } from '../features/import/faults.ts';
import { ImportService } from '../features/import/import.service.ts';
import { progressOn } from '../features/import/progress.ts';
import { fileProblems } from '../features/import/read-document.ts';
import { readMap } from '../features/import/source/article-map.ts';
import { SourceRefusal } from '../features/import/source/source-faults.ts';
import { SourceImport, type SourceReport } from '../features/import/source/source-import.ts';
import type { SourceName } from '../features/import/source/source.ts';
import { Texts } from '../features/import/source/texts.ts';
import { type CommandContext, linksOf, UsageError } from './command.ts';
import { count, describe } from './import-outcome.ts';

/** An import of another system's export, as the command line asks for it. */
export interface ImportFrom {
  readonly source: SourceName;
  readonly file: string;
  /** A file that names articles of threads. */
  readonly map: string | undefined;
  /** The slug of a byline. */
  readonly create: string | undefined;
  /** The file of the thread that works on texts. */
  readonly program: string;
}

const sources: readonly SourceName[] = ['disqus', 'wordpress', 'coral'];

/** @throws UsageError */
export function requireSource(name: string): SourceName {
  const source = sources.find((known) => known === name);
  if (!source) throw new UsageError(`--from takes one of ${sources.join(', ')}.`);
  return source;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Tells of threads without an article. @returns how many lines that were */
function tellUnknown(file: string, { unknown }: SourceReport): void {
  for (const { thread, comments } of unknown.slice(0, maxFaultsTold))
    say(
      `${file}: line ${thread.place.line}: no article for ${thread.url || `thread ${thread.id}`}, ` +
        `${count(comments, 'comment')} left out`,
    );
  const untold = unknown.length - maxFaultsTold;
  if (untold > 0) say(`${file}: and ${count(untold, 'thread')} more without an article`);
  if (unknown.length > 0) say('--map names articles for threads, and --create makes them.');
}

function tellNotes(file: string, { skipped, orphans, lifted }: SourceReport): void {
  for (const [what, number] of skipped)
    say(`${file}: ${number} × ${what}: left out, or a tombstone above replies`);
  if (orphans > 0)
    say(`${file}: ${count(orphans, 'reply', 'replies')} to what is not in the export: on the first level`);
  if (lifted > 0)
    say(`${file}: ${count(lifted, 'reply', 'replies')} nested too deep: replies to a comment above`);
}

/**
 * Imports an export of another system, and tells what became of it.
 * @returns the exit code
 */
export async function importFrom(
  { source, file, map, create, program }: ImportFrom,
  { db, log, config }: CommandContext,
): Promise<number> {
  const pages = linksOf(config);
  const progress = progressOn(process.stderr, file);
  const texts = new Texts(program);
  let refused = 0;
  try {
    const report = await new SourceImport({
      db,
      service: new ImportService({ db, log, maxDepth: config.maxCommentDepth, pages }),
      texts,
      maxDepth: config.maxCommentDepth,
      given: map === undefined ? new Map() : readMap(map),
      pages,
      createUnder: create,
      progress: { read: progress.read, written: progress.report },
    }).run(source, file, ({ name, result }) => {
      progress.clear();
      if ('refused' in result) {
        refused += 1;
        for (const line of result.refused) say(`${file}: ${name}: ${line}`);
      } else process.stdout.write(`${file}: ${describe(result)}\n`);
      return Promise.resolve();
    });
    progress.clear();
    tellNotes(file, report);
    tellUnknown(file, report);
    if (refused > 0) say(`${count(refused, 'article')} refused and not written.`);
    return refused > 0 || report.unknown.length > 0 ? 1 : 0;
  } catch (error) {
    progress.clear();
    const { code = '', path } = error as NodeJS.ErrnoException;
    // Other files, such as the temporary one, have problems of their own.
    const problem = path === undefined || path.startsWith(file) ? fileProblems[code] : undefined;
    if (!(error instanceof SourceRefusal) && problem === undefined) throw error;
    for (const line of error instanceof SourceRefusal ? error.lines : [problem]) say(`${file}: ${line}`);
    say('Nothing was written.');
    return 1;
  } finally {
    await texts.close();
  }
}
