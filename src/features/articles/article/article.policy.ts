import {
  hasRole,
  isAccount,
  refusalToModerate,
  refusalToSpeak,
  type Viewer,
} from '../../../platform/auth/viewer.ts';

/** Publication status of an article. */
export type ArticleStatus = 'DRAFT' | 'PUBLISHED' | 'UNPUBLISHED';

/** Whether readers may comment, and whether their comments need a moderator's approval. */
export type CommentPolicy = 'OPEN' | 'PREMODERATED' | 'CLOSED';

/** The facts about an article on which its rules depend. */
export interface ArticleFacts {
  readonly status: ArticleStatus;
  readonly commentPolicy: CommentPolicy;
  /** The account of the article's journalist, if the journalist has one. */
  readonly ownerAccountId: string | null;
}

const isEditor = (viewer: Viewer | null): boolean => hasRole(viewer, 'EDITOR', 'ADMINISTRATOR');

/** Journalists create articles under their own byline, editors under any byline. */
export function canCreateArticle(viewer: Viewer | null): boolean {
  return viewer !== null && !viewer.suspended && (hasRole(viewer, 'JOURNALIST') || isEditor(viewer));
}

/**
 * Whether a viewer may write under a byline: editors may under any, journalists under their own while they have the
 * role.
 * @param ownerAccountId the account of the byline, if the byline has one
 */
export function canWriteUnder(ownerAccountId: string | null, viewer: Viewer): boolean {
  return isEditor(viewer) || (hasRole(viewer, 'JOURNALIST') && isAccount(viewer, ownerAccountId));
}

/** Articles are edited by their journalist and by editors. */
export function canEditArticle(article: ArticleFacts, viewer: Viewer | null): boolean {
  return viewer !== null && !viewer.suspended && canWriteUnder(article.ownerAccountId, viewer);
}

/** Published articles are visible to everyone, drafts and unpublished articles only to viewers who may edit them. */
export function canSeeArticle(article: ArticleFacts, viewer: Viewer | null): boolean {
  return article.status === 'PUBLISHED' || canEditArticle(article, viewer);
}

/**
 * The articles that are not public but visible to a viewer: all, those of the viewer's own byline, or none. Must agree
 * with `canSeeArticle`.
 */
export function visibleUnpublished(viewer: Viewer | null): 'all' | 'own' | 'none' {
  if (!viewer || viewer.suspended) return 'none';
  if (isEditor(viewer)) return 'all';
  return hasRole(viewer, 'JOURNALIST') ? 'own' : 'none';
}

/** Viewers who may say something in public may comment on a published article that takes comments. */
export function canComment(article: ArticleFacts, viewer: Viewer | null): boolean {
  return (
    viewer !== null &&
    !refusalToSpeak(viewer) &&
    article.status === 'PUBLISHED' &&
    article.commentPolicy !== 'CLOSED'
  );
}

/** Viewers who may edit an article, and moderators, may set whether and how the article takes comments. */
export function canSetCommentPolicy(article: ArticleFacts, viewer: Viewer | null): boolean {
  if (canEditArticle(article, viewer)) return true;
  return canSeeArticle(article, viewer) && refusalToModerate(viewer) === undefined;
}
