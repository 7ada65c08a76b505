import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Tx } from '../../../platform/db/database.ts';
import type { CountChanges, NewEvent } from '../../../platform/events/log.ts';
import {
  type ModerationItemRow,
  withdrawHeldByReports,
} from '../../../platform/screening/moderation-item.queries.ts';
import type { NewModerationEvent } from '../../../platform/screening/moderation-log.ts';
import {
  type AncestorChange,
  hasEverReplied,
  type LockedCommentRow,
  updateAncestorCounts,
  updateCommentsRemoved,
  updateCommentStatus,
  updateCommentWithdrawn,
  updateLockedAncestors,
} from './comment-write.queries.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { withdrawnEvent } from '../held/held-text.ts';

/** The result of a removal. */
export interface Removal {
  /** Whether a tombstone remains. */
  readonly stays: boolean;
  /** The event of its article, for the caller to append last; undefined: the comment was not public. */
  readonly event: NewEvent | undefined;
}

/**
 * Removes a locked comment: one that ever had a reply leaves a tombstone, any other vanishes.
 * @param isWithdrawn whether its author removes it
 */
export async function removeLocked(
  tx: Tx,
  key: CommentKey,
  { status, parentId, rootId }: Pick<LockedCommentRow, 'status' | 'parentId' | 'rootId'>,
  isWithdrawn = false,
): Promise<Removal> {
  const { articleId } = key;
  const stays = await hasEverReplied(tx, key);
  const listed = stays ? 0 : -1;
  if (status === 'PUBLISHED' && parentId !== null)
    await updateAncestorCounts(tx, { articleId, parentId, rootId }, { published: -1, listed });
  await updateCommentsRemoved(tx, articleId, [key.id], isWithdrawn);
  return { stays, event: removalEvent(key, { status, parentId, stays }) };
}

/** The removal of a comment by its author, with the event that tells moderators; undefined: nothing of it was in the queue. */
interface Withdrawal extends Removal {
  readonly told: NewModerationEvent | undefined;
}

/**
 * Removes a locked comment for its author, or stores that its author has removed it as well: no decision brings it back. What waited,
 * or was reported, leaves the queue, whose entry the caller has locked.
 */
export async function withdrawLocked(
  tx: Tx,
  viewer: Viewer,
  key: CommentKey,
  { comment, item }: { readonly comment: LockedCommentRow; readonly item: ModerationItemRow | undefined },
): Promise<Withdrawal> {
  const told = withdrawnEvent(viewer, key, comment.revision);
  if (comment.status !== 'REMOVED')
    return { ...(await removeLocked(tx, key, comment, true)), told: item && told };
  await updateCommentWithdrawn(tx, key);
  const wasHeld = await withdrawHeldByReports(tx, { articleId: key.articleId, commentId: key.id });
  return { stays: comment.listed, event: undefined, told: wasHeld ? told : undefined };
}

const changed = (comment: {
  readonly published: number;
  readonly listed: number;
  readonly parentId: string | null;
}): CountChanges => ({
  commentCount: comment.published,
  listedCount: comment.listed,
  listedRootCount: comment.parentId === null ? comment.listed : 0,
});

/** What the event of a removal says. @param stays whether the comment leaves a tombstone */
export const removal = (stays: boolean) => (stays ? null : ({ vanished: true } as const));

/** The event of a removal, which changes the counts of the article; undefined: the comment was not public. */
function removalEvent(
  { articleId, id }: CommentKey,
  { status, parentId, stays }: Pick<LockedCommentRow, 'status' | 'parentId'> & { readonly stays: boolean },
): NewEvent | undefined {
  if (status !== 'PUBLISHED') return undefined;
  const listed = stays ? 0 : -1;
  const counts = changed({ published: -1, listed, parentId });
  return { articleId, kind: 'COMMENT_REMOVED', subjectId: id, detail: removal(stays), counts };
}

/** A comment to remove, whose counter is locked as well, and those of its parent and of its thread's first comment. */
interface CountedComment extends Pick<LockedCommentRow, 'status' | 'parentId' | 'rootId'> {
  readonly id: string;
  readonly everReplied: boolean;
}

/**
 * Removes locked comments of one article exactly as `removeLocked` does, in two statements for all of them.
 * @returns the events of the article in the order of the comments, for the caller to append last
 */
export async function removeAllLocked(
  tx: Tx,
  articleId: string,
  comments: readonly CountedComment[],
): Promise<NewEvent[]> {
  await updateLockedAncestors(tx, articleId, ancestorChanges(comments));
  const ids = comments.map(({ id }) => id);
  await updateCommentsRemoved(tx, articleId, ids);
  return comments.flatMap(
    ({ id, status, parentId, everReplied: stays }) =>
      removalEvent({ articleId, id }, { status, parentId, stays }) ?? [],
  );
}

/** What `updateAncestorCounts` would change for each comment, added up for each ancestor. */
function ancestorChanges(comments: readonly CountedComment[]): AncestorChange[] {
  const changes = new Map<string, AncestorChange>();
  const add = (id: string, replies: number, listed: number, descendants: number): void => {
    const sum = changes.get(id) ?? { id, replies: 0, listedReplies: 0, descendants: 0 };
    changes.set(id, {
      id,
      replies: sum.replies + replies,
      listedReplies: sum.listedReplies + listed,
      descendants: sum.descendants + descendants,
    });
  };
  for (const { status, parentId, rootId, everReplied } of comments) {
    if (status !== 'PUBLISHED' || parentId === null) continue;
    add(parentId, -1, everReplied ? 0 : -1, 0);
    add(rootId, 0, 0, -1);
  }
  return [...changes.values()];
}

/** How a comment becomes public. */
export interface Publication {
  readonly kind: 'COMMENT_ADDED' | 'COMMENT_RESTORED';
  readonly idempotencyKey?: string | undefined;
  /** 1 if the comment gets a place in the thread that it did not have before. */
  readonly listed: 0 | 1;
}

/**
 * Makes a locked comment public, and counts it.
 * @returns the event of its article, for the caller to append last
 */
export async function publishLocked(
  tx: Tx,
  { articleId, id: commentId }: CommentKey,
  { parentId, rootId }: Pick<LockedCommentRow, 'parentId' | 'rootId'>,
  { listed, ...event }: Publication,
): Promise<NewEvent> {
  if (parentId !== null)
    await updateAncestorCounts(tx, { articleId, parentId, rootId }, { published: 1, listed });
  await updateCommentStatus(tx, { articleId, id: commentId }, 'PUBLISHED');
  return { articleId, subjectId: commentId, ...event, counts: changed({ published: 1, listed, parentId }) };
}
