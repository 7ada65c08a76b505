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
  updateAuthorNames,
  updateCommentBodies,
  updateGrownCounts,
} from './comment-import.queries.ts';
import {
  type CommentPlan,
  placeAdded,
  type PlacedComment,
  planComments,
  type PresentComment,
} from './comment-plan.ts';
import type { ImportedComment } from './document.ts';
import { ImportRefusal } from './faults.ts';
import { renderImported } from './rendering.ts';

/** The events of a written thread, in order, and the changes of the article's counts. */
export interface Written {
  readonly events: readonly Omit<NewEvent, 'articleId' | 'counts'>[];
  readonly counts: Required<Pick<CountChanges, 'comments' | 'listed' | 'listedRoots'>>;
}

/** Receives the progress while a long thread is written. */
export type Progress = (done: number, total: number) => void;

function requirePlan(comments: readonly ImportedComment[], present: readonly PresentComment[]): CommentPlan {
  const plan = planComments(comments, present);
  if ('faults' in plan) throw new ImportRefusal(plan.faults);
  return plan;
}

/** Ids of the existing comments that a plan affects: those that it changes, and those that get replies. */
function touchedBy(plan: CommentPlan): string[] {
  const parents = plan.added.flatMap(({ parent }) => (parent && 'id' in parent ? [parent] : []));
  const changed = [...plan.edited, ...plan.renamed].map(({ present }) => present);
  return [...new Set([...parents, ...changed, ...plan.removed].map(({ id }) => id))];
}

/**
 * Plans the changes of a thread and locks the affected comments. Readers can remove comments until these are locked, so
 * the plan is made again if the locked state differs. The new plan affects no other comments, because comments that the
 * first plan left alone as removed are left alone again.
 * @throws ImportRefusal
 */
export async function planThread(
  tx: Tx,
  articleId: string,
  comments: readonly ImportedComment[],
): Promise<CommentPlan> {
  const present = await selectAllComments(tx, articleId);
  const plan = requirePlan(comments, present);
  const ids = touchedBy(plan);
  if (ids.length === 0) return plan;
  const locked = new Map((await lockComments(tx, articleId, ids)).map((row) => [row.id, row]));
  const isSame = present.every((row) => {
    const now = locked.get(row.id);
    return (
      !now ||
      (now.status === row.status && now.listed === row.listed && now.bodyMarkdown === row.bodyMarkdown)
    );
  });
  return isSame
    ? plan
    : requirePlan(
        comments,
        present.map((row) => locked.get(row.id) ?? row),
      );
}

/**
 * @param index the position of the comment in the document
 * @throws ImportRefusal
 */
function render(markdown: string | null, index: number): Body {
  if (markdown === null) return { markdown: '', html: '', text: '' };
  const { html, text } = renderImported(markdown, 'comment', ['comments', index, 'body']);
  return { markdown, html, text };
}

async function insertAdded(
  tx: Tx,
  articleId: string,
  added: CommentPlan['added'],
  progress: Progress,
): Promise<readonly PlacedComment[]> {
  if (added.length === 0) return [];
  const { comments, grown } = placeAdded(added, await nextCommentIds(tx, added.length));
  let done = 0;
  for (const chunk of chunksOf(comments)) {
    await insertPlacedComments(
      tx,
      articleId,
      chunk.map((row) => ({ ...row, body: render(row.comment.markdown, row.index) })),
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
  plan: CommentPlan,
  progress: Progress,
): Promise<Written> {
  const added = await insertAdded(tx, articleId, plan.added, progress);
  for (const chunk of chunksOf(plan.edited)) {
    const bodies = chunk.map(({ present, markdown, index }) => ({
      id: present.id,
      ...render(markdown, index),
    }));
    await updateCommentBodies(tx, articleId, bodies);
  }
  for (const chunk of chunksOf(plan.renamed)) {
    const names = chunk.map(({ present, authorName }) => ({ id: present.id, authorName }));
    await updateAuthorNames(tx, articleId, names);
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
      ...removed.map(({ id, stays }) => ({
        kind: 'COMMENT_REMOVED' as const,
        commentId: id,
        vanished: !stays,
      })),
    ],
    counts: {
      comments: added.filter(({ comment }) => comment.markdown !== null).length - removed.length,
      listed: added.length - vanished.length,
      listedRoots: roots(added) - roots(vanished),
    },
  };
}
