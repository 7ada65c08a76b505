import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  hasEverReplied,
  updateAncestorCounts,
  updateCommentsRemoved,
} from '../comments/writing/comment-write.queries.ts';
import { removal } from '../comments/writing/comment-removal.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { CountChanges, NewFact } from '../../platform/events/log.ts';
import { planAnew } from './article-import.queries.ts';
import { chunksOf } from './chunks.ts';
import {
  type CommentKey,
  insertPlacedComments,
  nextCommentIds,
  selectPaths,
  updateAuthors,
  updateCommentBodies,
  updateGrownCounts,
  updateImportedLikes,
} from './comment-import.queries.ts';
import { type Placed, placeAdded, type Replies } from './comment-placing.ts';
import type { PresentComment } from './comment-plan.ts';
import type { Body, ThreadInput } from './thread-input.ts';
import { type ArticleThread, parentsOf, type PlannedThread, type Progress } from './thread-planner.ts';

/** The events of a written thread, in order, and the changes of the article's counts. */
export interface Written {
  readonly articleId: string;
  readonly events: readonly NewFact[];
  readonly counts: Required<Pick<CountChanges, 'commentCount' | 'listedCount' | 'listedRootCount'>>;
}

/** A chunk of comments to render ends at this many, or once their texts have this length together. */
const [mostRendered, lengthRendered] = [200, 1024 * 1024];

const noBody: Body = { markdown: '', html: '', text: '' };

/**
 * The body of a comment by its position in the document; a tombstone has an empty one.
 * @throws ImportRefusal
 */
const bodyOf = (thread: ThreadInput, index: number): Body | Promise<Body> =>
  thread.comments[index]?.state === 'SHOWN' ? thread.bodyOf(index) : noBody;

/** Divides comments into those that are rendered together. */
const chunksToRender = <Item extends { readonly index: number }>(items: Iterable<ThreadItem<Item>>) =>
  chunksOf(items, mostRendered, {
    of: ({ thread, item }) => thread.lengthOf(item.index),
    most: lengthRendered,
  });

/** The new comments of a thread, with their places. */
interface PlacedThread extends ArticleThread {
  readonly placed: Placed;
}

async function placeAll(
  tx: Tx,
  threads: readonly PlannedThread[],
  progress: Progress,
): Promise<readonly PlacedThread[]> {
  const total = threads.reduce((sum, { plan }) => sum + plan.added.length, 0);
  const ids = total === 0 ? [] : await nextCommentIds(tx, total);
  // Much of what planning and placing have made is of no use any more.
  progress(0, total);
  const parents = threads.flatMap(({ articleId, plan }) =>
    parentsOf(plan.added).map((id) => ({ articleId, id })),
  );
  const paths = await selectPaths(tx, parents);
  let start = 0;
  return threads.map(({ articleId, thread, plan: { added } }) => {
    const own = ids.slice(start, (start += added.length));
    return { articleId, thread, placed: placeAdded(added, own, paths) };
  });
}

/** Something that an article's thread has. */
interface ThreadItem<Item> {
  readonly articleId: string;
  readonly thread: ThreadInput;
  readonly item: Item;
}

/** The items that each of several threads has, one after the other. */
function* each<Thread extends ArticleThread, Item>(
  threads: readonly Thread[],
  itemsOf: (thread: Thread) => Iterable<Item>,
): Generator<ThreadItem<Item>> {
  for (const one of threads)
    for (const item of itemsOf(one)) yield { articleId: one.articleId, thread: one.thread, item };
}

function* grownOf(threads: readonly PlacedThread[]): Generator<CommentKey & { readonly replies: Replies }> {
  for (const { articleId, item } of each(threads, ({ placed }) => placed.grown))
    yield { articleId, id: item[0], replies: item[1] };
}

async function insertAdded(
  tx: Tx,
  threads: readonly PlannedThread[],
  progress: Progress,
): Promise<readonly PlacedThread[]> {
  const placed = await placeAll(tx, threads, progress);
  const total = placed.reduce((sum, one) => sum + one.placed.comments.length, 0);
  let done = 0;
  progress(done, total);
  let inserted: Promise<unknown> | undefined;
  const withBodies = async (chunk: readonly ThreadItem<Placed['comments'][number]>[]) => {
    // The statements before are sent when a turn of the event loop ends, and run while these are rendered.
    await nextTurn();
    return Promise.all(
      chunk.map(async ({ articleId, thread, item }) => ({
        articleId,
        ...item,
        body: await bodyOf(thread, item.index),
      })),
    );
  };
  for (const chunk of chunksToRender(each(placed, (one) => one.placed.comments))) {
    const [comments] = await Promise.all([withBodies(chunk), inserted]);
    inserted = Promise.all([planAnew(tx), insertPlacedComments(tx, comments)]);
    progress((done += chunk.length), total);
  }
  await inserted;
  await updateGrownCounts(tx, grownOf(placed));
  return placed;
}

/** Removes a comment that the document marks as removed; a comment that ever had a reply stays as a tombstone. */
async function remove(
  tx: Tx,
  {
    articleId,
    id,
    parentId,
    rootId,
  }: { articleId: string } & Pick<PresentComment, 'id' | 'parentId' | 'rootId'>,
): Promise<boolean> {
  const stays = await hasEverReplied(tx, { articleId, id });
  if (parentId !== null) {
    const change = { published: -1, listed: stays ? 0 : -1 };
    await updateAncestorCounts(tx, { articleId, parentId, rootId }, change);
  }
  await updateCommentsRemoved(tx, articleId, [id]);
  return stays;
}

/** A comment that was removed, and whether it stays as a tombstone. */
type Removed = Pick<PresentComment, 'id' | 'parentId'> & { readonly stays: boolean };

async function removeAll(tx: Tx, { articleId, plan }: PlannedThread): Promise<readonly Removed[]> {
  const removed: Removed[] = [];
  for (const { id, parentId, rootId } of plan.removed) {
    const stays = await remove(tx, { articleId, id, parentId, rootId });
    removed.push({ id, parentId, stays });
  }
  return removed;
}

/**
 * Executes plans, except for their events.
 * @returns what was written, in the order of the threads
 */
export async function writeThreads(
  tx: Tx,
  threads: readonly PlannedThread[],
  progress: Progress,
): Promise<readonly Written[]> {
  const placed = await insertAdded(tx, threads, progress);
  for (const chunk of chunksToRender(each(threads, ({ plan }) => plan.edited)))
    await updateCommentBodies(
      tx,
      await Promise.all(
        chunk.map(async ({ articleId, thread, item }) => ({
          articleId,
          id: item.present.id,
          ...(await bodyOf(thread, item.index)),
        })),
      ),
    );
  for (const chunk of chunksOf(each(threads, ({ plan }) => plan.renamed)))
    await updateAuthors(
      tx,
      chunk.map(({ articleId, item: { present, author } }) => ({ articleId, id: present.id, author })),
    );
  for (const chunk of chunksOf(each(threads, ({ plan }) => plan.liked)))
    await updateImportedLikes(
      tx,
      chunk.map(({ articleId, item: { present, likes } }) => ({ articleId, id: present.id, likes })),
    );
  const written: Written[] = [];
  for (const [index, thread] of threads.entries()) {
    const added = placed[index]?.placed.comments ?? [];
    written.push(writtenOf(thread, added, await removeAll(tx, thread)));
  }
  return written;
}

const rootsAmong = (rows: readonly { readonly parentId: string | null }[]): number =>
  rows.filter(({ parentId }) => parentId === null).length;

function writtenOf(
  { articleId, plan }: PlannedThread,
  added: Placed['comments'],
  removed: readonly Removed[],
): Written {
  const vanished = removed.filter(({ stays }) => !stays);
  const onPresent = <Kind extends NewFact['kind']>(
    kind: Kind,
    changes: readonly { readonly present: PresentComment }[],
  ) => changes.map(({ present }) => ({ kind, subjectId: present.id }));
  return {
    articleId,
    events: [
      ...added.map(({ id }) => ({ kind: 'COMMENT_ADDED' as const, subjectId: id })),
      ...onPresent('COMMENT_EDITED', plan.edited),
      ...onPresent('COMMENT_UPDATED', plan.renamed),
      ...onPresent('COMMENT_REACTIONS_CHANGED', plan.liked),
      ...removed.map(({ id, stays }) => ({
        kind: 'COMMENT_REMOVED' as const,
        subjectId: id,
        detail: removal(stays),
      })),
    ],
    counts: {
      commentCount: added.filter(({ comment }) => comment.state === 'SHOWN').length - removed.length,
      listedCount: added.length - vanished.length,
      listedRootCount: rootsAmong(added) - rootsAmong(vanished),
    },
  };
}
