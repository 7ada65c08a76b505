import { setImmediate as nextTurn } from 'node:timers/promises';
import { ImportRefusal, maxFaultsTold } from '../faults.ts';
import { pathOfArticleBody } from '../article-writer.ts';
import type { ImportService } from '../import.service.ts';
import type { ImportOutcome } from '../outcome.ts';
import type { ImportItem } from '../thread-batch.ts';
import type { ThreadInput } from '../thread-input.ts';
import type { Progress } from '../thread-planner.ts';
import { type Arranged, threadInputOf } from './arrange.ts';
import type { Collection } from './collection.ts';
import { batchesOf, type Group, maxComments } from './groups.ts';
import { madeArticle } from './made-article.ts';
import type { Texts } from './texts.ts';
import { collectGarbage } from './memory.ts';

/** An article and what became of its comments. */
export interface ArticleReport {
  /** The article's slug, or the address of its thread if it was to be made. */
  readonly name: string;
  readonly result: ImportOutcome | { readonly refused: readonly string[] };
}

/** What is written, and with what. */
export interface GroupWriting {
  readonly groups: readonly Group[];
  readonly comments: Collection['comments'];
  readonly texts: Texts;
  readonly arrange: (group: Group) => Arranged;
  readonly service: ImportService;
  readonly progress: Progress;
}

/** Transactions with more bytes of texts are not rendered ahead: all of their texts would be in memory, with what is made of them. */
const maxBytesAhead = 4 * 1024 * 1024;

/** Articles of one transaction. */
type Prepared = readonly {
  readonly target: Group['target'];
  readonly own: Arranged;
  readonly item: ImportItem | ImportRefusal;
}[];

const commentsIn = (groups: readonly Group[]): number =>
  groups.reduce((sum, { comments }) => sum + comments, 0);

/**
 * Imports the threads of an export, short ones together. While those of one transaction are written, the next ones are arranged
 * and their texts rendered.
 * @param onArticle called for each article once its transaction is over
 */
export async function writeGroups(
  { groups, comments: spool, texts, arrange, service, progress }: GroupWriting,
  onArticle: (report: ArticleReport) => Promise<void>,
): Promise<void> {
  const total = commentsIn(groups);
  let done = 0;

  const prepare = async (batch: readonly Group[]): Promise<Prepared> => {
    // The statements of the transaction before are sent when a turn of the event loop ends.
    await nextTurn();
    const arranged = batch.map((group) => ({ target: group.target, own: arrange(group) }));
    const bytes = arranged.reduce((sum, { own }) => sum + own.bodyLengths.reduce((a, b) => a + b, 0), 0);
    const rendersAhead = bytes <= maxBytesAhead && commentsIn(batch) <= maxComments;
    return arranged.map(({ target, own }) => {
      // An article that is here may have most of its texts already.
      const thread = threadInputOf(own, { comments: spool, texts }, rendersAhead && 'thread' in target);
      return { target, own, item: itemOf(target, thread, texts) };
    });
  };

  const write = async (prepared: Prepared, comments: number): Promise<void> => {
    const results = await importItems(
      service,
      prepared.map(({ item }) => item),
      (written) => {
        collectGarbage();
        progress(done + written, total);
      },
    );
    for (const [index, { target, own }] of prepared.entries()) {
      const result = results[index];
      if (!result) throw new Error('An article has no outcome');
      await onArticle({
        name: 'slug' in target ? target.slug : target.thread.url,
        result: result instanceof ImportRefusal ? { refused: refusalLines(result, own) } : result,
      });
    }
    progress((done += comments), total);
  };

  let written: Promise<void> | undefined;
  for (const batch of batchesOf(groups)) {
    const comments = commentsIn(batch);
    // Two long threads would be in memory at once.
    if (comments > maxComments) await written;
    const prepared = prepare(batch);
    // It is thrown below, once what is written is over.
    prepared.catch(() => undefined);
    await written;
    written = write(await prepared, comments);
  }
  await written;
}

/** @returns what became of each item */
async function importItems(
  service: ImportService,
  items: readonly (ImportItem | ImportRefusal)[],
  progress: Progress,
): Promise<readonly (ImportOutcome | ImportRefusal)[]> {
  const valid = items.filter((item): item is ImportItem => !(item instanceof ImportRefusal));
  const results = [...(await service.importThreads(valid, progress))];
  return items.flatMap((item) => (item instanceof ImportRefusal ? [item] : results.splice(0, 1)));
}

/** What is imported into one article; the refusal of an article that can't be made. */
function itemOf(target: Group['target'], thread: ThreadInput, texts: Texts): ImportItem | ImportRefusal {
  if ('slug' in target) return { ...target, thread };
  try {
    const document = madeArticle(target.thread, target.byline);
    const body = texts.render(document.article.markdown, 'article', pathOfArticleBody);
    // It is thrown where the text is asked for.
    body.catch(() => undefined);
    return { document, body: () => body, thread };
  } catch (error) {
    if (error instanceof ImportRefusal) return error;
    throw error;
  }
}

/** The faults of an article, with the lines of its comments. */
function refusalLines({ faults }: ImportRefusal, arranged: Arranged): string[] {
  const lines = faults.slice(0, maxFaultsTold).map(({ path: [list, index], message }) => {
    const comment = list === 'comments' ? arranged.comments[Number(index)] : undefined;
    return comment ? `line ${arranged.lines[Number(index)]}: comment ${comment.key} ${message}` : message;
  });
  return faults.length > lines.length ? [...lines, `and ${faults.length - lines.length} more`] : lines;
}
