import { type ArticleFacts, canComment, canSeeArticle } from '../article/article.policy.ts';
import { isAccount, isModerator, type Viewer } from '../auth/viewer.ts';

/** The state of a comment. A removed one keeps its place in the thread, as a tombstone. */
export type CommentStatus = 'PUBLISHED' | 'PENDING' | 'REJECTED' | 'REMOVED';

/** What of a comment its rules look at. */
export interface CommentFacts {
  readonly article: ArticleFacts;
  readonly status: CommentStatus;
  /** Whether it has a place in the thread: published, or a tombstone. */
  readonly listed: boolean;
  readonly depth: number;
  readonly accountId: string | null;
  readonly createdAt: Date;
}

/** The rules' numbers, from the settings. */
export interface CommentLimits {
  readonly maxLength: number;
  readonly maxDepth: number;
  readonly editWindowSeconds: number;
}

/**
 * What stands in the thread is for all who see the article; what waits or was rejected, for its author and for moderators
 * (a suspended one reads what anybody may read).
 */
export function canSeeComment(comment: CommentFacts, viewer: Viewer | null): boolean {
  if (!canSeeArticle(comment.article, viewer)) return false;
  if (comment.listed) return true;
  if (comment.status === 'REMOVED') return false;
  return isAccount(viewer, comment.accountId) || (isModerator(viewer) && !viewer?.suspended);
}

export function canReply(comment: CommentFacts, viewer: Viewer | null, limits: CommentLimits): boolean {
  return (
    canComment(comment.article, viewer) && comment.status === 'PUBLISHED' && comment.depth < limits.maxDepth
  );
}

/** Why a viewer may not react to a comment that they see; undefined: they may. */
export function refusalToReact(
  comment: Pick<CommentFacts, 'article' | 'status'>,
  viewer: Viewer | null,
): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | 'COMMENT_REMOVED' | 'WRONG_STATUS' | undefined {
  if (!viewer) return 'FORBIDDEN';
  if (viewer.suspended) return 'ACCOUNT_SUSPENDED';
  if (comment.status === 'REMOVED') return 'COMMENT_REMOVED';
  return comment.status === 'PUBLISHED' && comment.article.status === 'PUBLISHED'
    ? undefined
    : 'WRONG_STATUS';
}

/** Until when its author may edit a comment. */
export function editableUntil(comment: CommentFacts, limits: CommentLimits): Date {
  return new Date(comment.createdAt.getTime() + limits.editWindowSeconds * 1000);
}

/** Why a viewer may not edit a comment that they see; undefined: they may. */
export function refusalToEdit(
  comment: CommentFacts,
  viewer: Viewer | null,
  limits: CommentLimits,
  now: Date,
): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | 'COMMENT_REMOVED' | 'EDIT_WINDOW_OVER' | undefined {
  if (!isAccount(viewer, comment.accountId)) return 'FORBIDDEN';
  if (viewer?.suspended) return 'ACCOUNT_SUSPENDED';
  if (comment.status === 'REMOVED' || comment.status === 'REJECTED') return 'COMMENT_REMOVED';
  return now < editableUntil(comment, limits) ? undefined : 'EDIT_WINDOW_OVER';
}

/**
 * Whether a new text of a comment waits for a moderator while readers go on seeing the old one. Under an article whose
 * comments are closed as well: a text that nobody may post there can not come in by an edit. A comment that waits itself
 * simply gets its new text.
 */
export function isEditHeld(comment: Pick<CommentFacts, 'article' | 'status'>, viewer: Viewer): boolean {
  return comment.status === 'PUBLISHED' && comment.article.commentPolicy !== 'OPEN' && !isModerator(viewer);
}

/** A held text of a public comment is for its author and for moderators (a suspended one reads what anybody may read). */
export function canSeeHeldEdit(comment: CommentFacts, viewer: Viewer | null): boolean {
  if (comment.status !== 'PUBLISHED') return false;
  return (isModerator(viewer) && !viewer?.suspended) || isAccount(viewer, comment.accountId);
}

/** Why a viewer may not remove a comment; undefined: they may. Removing what is removed is done already. */
export function refusalToRemove(
  comment: CommentFacts,
  viewer: Viewer | null,
): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  if (!isAccount(viewer, comment.accountId) && !isModerator(viewer)) return 'FORBIDDEN';
  return viewer?.suspended ? 'ACCOUNT_SUSPENDED' : undefined;
}
