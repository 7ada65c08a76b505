import { ImportRefusal, maxFaultsTold } from '../faults.ts';
import type { ImportService } from '../import.service.ts';
import type { ImportOutcome } from '../outcome.ts';
import type { ImportItem } from '../thread-batch.ts';
import type { ThreadInput } from '../thread-input.ts';
import type { Progress } from '../thread-planner.ts';
import { type Arranged, threadInputOf } from './arrange.ts';
import type { Collection } from './collection.ts';
import { batchesOf, type Group } from './groups.ts';
import { madeArticle } from './made-article.ts';
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
  readonly collection: Collection;
  readonly arrange: (group: Group) => Arranged;
  readonly service: ImportService;
  readonly progress: Progress;
}

/**
 * Imports the threads of an export, short ones together.
 * @param onArticle called for each article once its transaction is over
 */
export async function writeGroups(
  { groups, collection, arrange, service, progress }: GroupWriting,
  onArticle: (report: ArticleReport) => Promise<void>,
): Promise<void> {
  const total = groups.reduce((sum, group) => sum + group.comments, 0);
  let done = 0;
  for (const batch of batchesOf(groups)) {
    const arranged = batch.map((group) => ({ target: group.target, own: arrange(group) }));
    const items = arranged.map(({ target, own }) => itemOf(target, threadInputOf(own, collection)));
    const results = await importItems(service, items, (written) => {
      collectGarbage();
      progress(done + written, total);
    });
    for (const [index, { target, own }] of arranged.entries()) {
      const result = results[index];
      if (!result) throw new Error('An article has no outcome');
      await onArticle({
        name: 'slug' in target ? target.slug : target.thread.url,
        result: result instanceof ImportRefusal ? { refused: refusalLines(result, own) } : result,
      });
    }
    progress((done += batch.reduce((sum, group) => sum + group.comments, 0)), total);
  }
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
function itemOf(target: Group['target'], thread: ThreadInput): ImportItem | ImportRefusal {
  if ('slug' in target) return { ...target, thread };
  try {
    return { document: madeArticle(target.thread, target.byline), thread };
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
