import { hasRole, type Viewer } from '../auth/viewer.ts';

export type ArticleStatus = 'DRAFT' | 'PUBLISHED' | 'UNPUBLISHED';
export type CommentPolicy = 'OPEN' | 'PREMODERATED' | 'CLOSED';

/** What of an article its rules look at. */
export interface ArticleFacts {
  readonly status: ArticleStatus;
  readonly commentPolicy: CommentPolicy;
  /** The account of the article's journalist, if they have one. */
  readonly ownerAccountId: string | null;
}

/** Editors edit whatever article there is, and so see all of them. */
export function editsEveryArticle(viewer: Viewer | null): boolean {
  return viewer !== null && !viewer.suspended && hasRole(viewer, 'EDITOR', 'ADMINISTRATOR');
}

/** Articles are edited by their journalist and by editors. */
export function canEditArticle(article: ArticleFacts, viewer: Viewer | null): boolean {
  if (!viewer || viewer.suspended) return false;
  return article.ownerAccountId === viewer.accountId || editsEveryArticle(viewer);
}

/** Everybody sees what is published; drafts and what was taken back, only those who may edit it. */
export function canSeeArticle(article: ArticleFacts, viewer: Viewer | null): boolean {
  return article.status === 'PUBLISHED' || canEditArticle(article, viewer);
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
