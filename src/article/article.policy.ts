import { hasRole, isAccount, type Viewer } from '../auth/viewer.ts';

export type ArticleStatus = 'DRAFT' | 'PUBLISHED' | 'UNPUBLISHED';
export type CommentPolicy = 'OPEN' | 'PREMODERATED' | 'CLOSED';

/** What of an article its rules look at. */
export interface ArticleFacts {
  readonly status: ArticleStatus;
  readonly commentPolicy: CommentPolicy;
  /** The account of the article's journalist, if they have one. */
  readonly ownerAccountId: string | null;
}

const isEditor = (viewer: Viewer | null): boolean => hasRole(viewer, 'EDITOR', 'ADMINISTRATOR');

/** Articles are written by journalists, under their own byline, and by editors under anybody's. */
export function canCreateArticle(viewer: Viewer | null): boolean {
  return viewer !== null && !viewer.suspended && (hasRole(viewer, 'JOURNALIST') || isEditor(viewer));
}

/**
 * A byline is its journalist's for as long as they have the role.
 * @param ownerAccountId the account of the byline, if it has one
 */
export function canWriteUnder(ownerAccountId: string | null, viewer: Viewer): boolean {
  return isEditor(viewer) || (hasRole(viewer, 'JOURNALIST') && isAccount(viewer, ownerAccountId));
}

/** Articles are edited by their journalist and by editors. */
export function canEditArticle(article: ArticleFacts, viewer: Viewer | null): boolean {
  return viewer !== null && !viewer.suspended && canWriteUnder(article.ownerAccountId, viewer);
}

/** Everybody sees what is published; drafts and what was taken back, only those who may edit it. */
export function canSeeArticle(article: ArticleFacts, viewer: Viewer | null): boolean {
  return article.status === 'PUBLISHED' || canEditArticle(article, viewer);
}

/** Which articles that are not public somebody sees: of everybody, of their own byline, or none. As `canSeeArticle`. */
export function visibleUnpublished(viewer: Viewer | null): 'all' | 'own' | 'none' {
  if (!viewer || viewer.suspended) return 'none';
  if (isEditor(viewer)) return 'all';
  return hasRole(viewer, 'JOURNALIST') ? 'own' : 'none';
}

/** Whoever is signed in and not suspended comments on a published article that takes comments. */
export function canComment(article: ArticleFacts, viewer: Viewer | null): boolean {
  return (
    viewer !== null &&
    !viewer.suspended &&
    article.status === 'PUBLISHED' &&
    article.commentPolicy !== 'CLOSED'
  );
}
