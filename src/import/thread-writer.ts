import {
  hasEverReplied,
  updateAncestorCounts,
  updateCommentRemoved,
} from '../comment/comment-write.queries.ts';
import type { Tx } from '../db/database.ts';
import type { CountChanges, NewEvent } from '../events/log.ts';
import { chunksOf } from './chunks.ts';
import {
  type Body,
  insertPlacedComments,
  lockComments,
  nextCommentIds,
  selectAllComments,
  selectPaths,
  updateAuthors,
  updateCommentBodies,
  updateGrownCounts,
  updateImportedLikes,
} from './comment-import.queries.ts';
import type { StoredAuthor } from './author-import.queries.ts';
import { placeAdded, type PlacedComment } from './comment-placing.ts';
import { type CommentPlan, planComments, type PresentComment } from './comment-plan.ts';
import { ImportRefusal } from './faults.ts';
import { renderImported } from './rendering.ts';
import type { ThreadInput } from './thread-input.ts';

/** The events of a written thread, in order, and the changes of the article's counts. */
export interface Written {
  readonly events: readonly Omit<NewEvent, 'articleId' | 'counts'>[];
  readonly counts: Required<Pick<CountChanges, 'comments' | 'listed' | 'listedRoots'>>;
}

/** Receives the progress while a long thread is written. */
export type Progress = (done: number, total: number) => void;

type Authors = ReadonlyMap<string, StoredAuthor>;

/** @throws ImportRefusal */
export function requirePlan(
  { comments }: Pick<ThreadInput, 'comments'>,
  present: readonly PresentComment[],
  authors: Authors,
): CommentPlan {
  const plan = planComments(comments, present, authors);
  if ('faults' in plan) throw new ImportRefusal(plan.faults);
  return plan;
}

/** Ids of the existing comments that a plan affects: those that it changes, and those that get replies. */
function touchedBy(plan: CommentPlan): string[] {
  const changed = [...plan.edited, ...plan.renamed, ...plan.liked].map(({ present }) => present);
  return [...new Set([...parentsOf(plan.added), ...[...changed, ...plan.removed].map(({ id }) => id)])];
}

/** Ids of the existing comments that get replies. */
const parentsOf = (added: CommentPlan['added']): string[] => [
  ...new Set(added.flatMap(({ parent }) => (parent && 'id' in parent ? [parent.id] : []))),
];

/**
 * Plans the changes of a thread and locks the affected comments. Readers can remove comments until these are locked, so
 * the plan is made again if the locked state differs. The new plan affects no other comments, because comments that the
 * first plan left alone as removed are left alone again.
 * @throws ImportRefusal
 */
export async function planThread(
  tx: Tx,
  articleId: string,
  thread: Pick<ThreadInput, 'comments'>,
  { authors, progress }: { readonly authors: Authors; readonly progress: Progress },
): Promise<CommentPlan> {
  const present = await selectAllComments(tx, articleId, () => progress(0, thread.comments.length));
  const plan = requirePlan(thread, present, authors);
  const ids = touchedBy(plan);
  if (ids.length === 0) return plan;
  const locked = new Map((await lockComments(tx, articleId, ids)).map((row) => [row.id, row]));
  const isSame = present.every((row) => {
    const now = locked.get(row.id);
    return (
      !now ||
      (now.status === row.status &&
        now.listed === row.listed &&
        now.accountId === row.accountId &&
        now.bodyDigest === row.bodyDigest)
    );
  });
  return isSame
    ? plan
    : requirePlan(
        thread,
        present.map((row) => locked.get(row.id) ?? row),
        authors,
      );
}

/**
 * @param index the position of the comment in the document
 * @throws ImportRefusal
 */
function render(markdown: string, index: number): Body {
  const { html, text } = renderImported(markdown, 'comment', ['comments', index, 'body']);
  return { markdown, html, text };
}

const noBody: Body = { markdown: '', html: '', text: '' };

/** The bodies of some comments by their positions in the document; a tombstone has an empty one. */
async function bodiesOf(thread: ThreadInput, indexes: readonly number[]): Promise<(index: number) => Body> {
  const shown = indexes.filter((index) => thread.comments[index]?.state === 'SHOWN');
  const texts = await thread.texts(shown);
  const bodies = new Map(shown.map((index, at) => [index, render(texts[at] ?? '', index)]));
  return (index) => bodies.get(index) ?? noBody;
}

async function insertAdded(
  tx: Tx,
  articleId: string,
  { added, thread }: { readonly added: CommentPlan['added']; readonly thread: ThreadInput },
  progress: Progress,
): Promise<readonly PlacedComment[]> {
  if (added.length === 0) return [];
  const ids = await nextCommentIds(tx, added.length);
  // Much of what planning and placing have made is of no use any more.
  progress(0, added.length);
  const { comments, grown } = placeAdded(added, ids, await selectPaths(tx, articleId, parentsOf(added)));
  let done = 0;
  progress(done, comments.length);
  for (const chunk of chunksOf(comments)) {
    const bodyOf = await bodiesOf(
      thread,
      chunk.map(({ index }) => index),
    );
    await insertPlacedComments(
      tx,
      articleId,
      chunk.map((row) => ({ ...row, body: bodyOf(row.index) })),
    );
    progress((done += chunk.length), comments.length);
  }
  await updateGrownCounts(tx, articleId, grown);
  return comments;
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
  await updateCommentRemoved(tx, { articleId, id });
  return stays;
}

/** Executes a plan, except for its events. */
export async function writeThread(
  tx: Tx,
  articleId: string,
  { plan, thread }: { readonly plan: CommentPlan; readonly thread: ThreadInput },
  progress: Progress,
): Promise<Written> {
  const added = await insertAdded(tx, articleId, { added: plan.added, thread }, progress);
  for (const chunk of chunksOf(plan.edited)) {
    const bodyOf = await bodiesOf(
      thread,
      chunk.map(({ index }) => index),
    );
    const bodies = chunk.map(({ present, index }) => ({ id: present.id, ...bodyOf(index) }));
    await updateCommentBodies(tx, articleId, bodies);
  }
  for (const chunk of chunksOf(plan.renamed)) {
    const authors = chunk.map(({ present, author }) => ({ id: present.id, author }));
    await updateAuthors(tx, articleId, authors);
  }
  for (const chunk of chunksOf(plan.liked)) {
    const likes = chunk.map(({ present, likes: count }) => ({ id: present.id, likes: count }));
    await updateImportedLikes(tx, articleId, likes);
  }
  const removed: { id: string; parentId: string | null; stays: boolean }[] = [];
  for (const { id, parentId, rootId } of plan.removed) {
    const stays = await remove(tx, { articleId, id, parentId, rootId });
    removed.push({ id, parentId, stays });
  }
  const vanished = removed.filter(({ stays }) => !stays);
  const roots = (rows: readonly { parentId: string | null }[]) =>
    rows.filter(({ parentId }) => parentId === null).length;
  return {
    events: [
      ...added.map(({ id }) => ({ kind: 'COMMENT_ADDED' as const, commentId: id })),
      ...plan.edited.map(({ present }) => ({ kind: 'COMMENT_EDITED' as const, commentId: present.id })),
      ...plan.renamed.map(({ present }) => ({ kind: 'COMMENT_UPDATED' as const, commentId: present.id })),
      ...plan.liked.map(({ present }) => ({
        kind: 'COMMENT_REACTIONS_CHANGED' as const,
        commentId: present.id,
      })),
      ...removed.map(({ id, stays }) => ({
        kind: 'COMMENT_REMOVED' as const,
        commentId: id,
        vanished: !stays,
      })),
    ],
    counts: {
      comments: added.filter(({ comment }) => comment.state === 'SHOWN').length - removed.length,
      listed: added.length - vanished.length,
      listedRoots: roots(added) - roots(vanished),
    },
  };
}
