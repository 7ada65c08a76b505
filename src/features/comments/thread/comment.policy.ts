import { type ArticleFacts, canComment, canSeeArticle } from '../../articles/article/article.policy.ts';
import {
  hasScope,
  isAccount,
  isModerator,
  refusalToSpeak,
  type Viewer,
} from '../../../platform/auth/viewer.ts';

/** Status of a comment. A removed comment keeps its place in the thread as a tombstone, if it ever had a reply. */
export type CommentStatus = 'PUBLISHED' | 'PENDING' | 'REJECTED' | 'REMOVED';

/** The facts about a comment on which its rules depend. */
export interface CommentFacts {
  readonly article: ArticleFacts;
  readonly status: CommentStatus;
  /** Whether the comment has a place in the thread: published, or a tombstone. */
  readonly listed: boolean;
  readonly depth: number;
  readonly accountId: string | null;
  readonly createdAt: Date;
}

/** The numeric settings of the rules. */
export interface CommentLimits {
  readonly maxLength: number;
  readonly maxDepth: number;
  readonly editWindowSeconds: number;
}

/**
 * Listed comments are visible to everyone who can see the article; pending and rejected ones to their author and to
 * moderators (a suspended moderator sees only what everyone sees).
 */
export function canSeeComment(comment: CommentFacts, viewer: Viewer | null): boolean {
  if (!canSeeArticle(comment.article, viewer)) return false;
  if (comment.listed) return true;
  if (comment.status === 'REMOVED') return false;
  return isAccount(viewer, comment.accountId) || (isModerator(viewer) && !viewer?.suspended);
}

/** Whether everybody sees the comment with its text. */
export const isPublicComment = ({ status, article }: CommentFacts): boolean =>
  status === 'PUBLISHED' && article.status === 'PUBLISHED';

export function canReply(comment: CommentFacts, viewer: Viewer | null, limits: CommentLimits): boolean {
  return (
    canComment(comment.article, viewer) && comment.status === 'PUBLISHED' && comment.depth < limits.maxDepth
  );
}

/** The reason why a viewer may not react to a comment that they can see; undefined if they may. */
export function refusalToReact(
  comment: Pick<CommentFacts, 'article' | 'status'>,
  viewer: Viewer | null,
): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | 'EMAIL_UNCONFIRMED' | 'COMMENT_REMOVED' | 'WRONG_STATUS' | undefined {
  if (!viewer) return 'FORBIDDEN';
  const refusal = refusalToSpeak(viewer);
  if (refusal) return refusal;
  if (comment.status === 'REMOVED') return 'COMMENT_REMOVED';
  return comment.status === 'PUBLISHED' && comment.article.status === 'PUBLISHED'
    ? undefined
    : 'WRONG_STATUS';
}

/** The end of the edit window of a comment. */
export function editableUntil(comment: CommentFacts, limits: CommentLimits): Date {
  return new Date(comment.createdAt.getTime() + limits.editWindowSeconds * 1000);
}

/** The reason why a viewer may not edit a comment that they can see; undefined if they may. */
export function refusalToEdit(
  comment: CommentFacts,
  viewer: Viewer | null,
  limits: CommentLimits,
  now: Date,
):
  | 'FORBIDDEN'
  | 'ACCOUNT_SUSPENDED'
  | 'EMAIL_UNCONFIRMED'
  | 'COMMENT_REMOVED'
  | 'EDIT_WINDOW_OVER'
  | undefined {
  if (!viewer || !isAccount(viewer, comment.accountId)) return 'FORBIDDEN';
  const refusal = refusalToSpeak(viewer);
  if (refusal) return refusal;
  if (comment.status === 'REMOVED' || comment.status === 'REJECTED') return 'COMMENT_REMOVED';
  return now < editableUntil(comment, limits) ? undefined : 'EDIT_WINDOW_OVER';
}

/**
 * The held text of a public comment is visible to its author and to moderators (a suspended moderator sees only what
 * everyone sees).
 */
export function canSeeHeldEdit(comment: CommentFacts, viewer: Viewer | null): boolean {
  if (comment.status !== 'PUBLISHED') return false;
  return (isModerator(viewer) && !viewer?.suspended) || isAccount(viewer, comment.accountId);
}

/**
 * The reason why a viewer may not remove a comment; undefined if they may. A machine token needs the scope MODERATE for
 * comments of others. Removing a removed comment changes nothing.
 */
export function refusalToRemove(
  comment: CommentFacts,
  viewer: Viewer | null,
): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  const moderates = isModerator(viewer) && hasScope(viewer, 'MODERATE');
  if (!isAccount(viewer, comment.accountId) && !moderates) return 'FORBIDDEN';
  return viewer?.suspended ? 'ACCOUNT_SUSPENDED' : undefined;
}
