import { type ArticleFacts, canEditArticle, canSeeArticle } from '../article/article.policy.ts';
import { isModerator, type Viewer } from '../auth/viewer.ts';

/** The reason why a viewer may not moderate; undefined if they may. */
export function refusalToModerate(viewer: Viewer | null): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  if (!isModerator(viewer)) return 'FORBIDDEN';
  return viewer?.suspended ? 'ACCOUNT_SUSPENDED' : undefined;
}

/** Viewers who may edit an article, and moderators, may set whether and how the article takes comments. */
export function canSetCommentPolicy(article: ArticleFacts, viewer: Viewer | null): boolean {
  if (canEditArticle(article, viewer)) return true;
  return canSeeArticle(article, viewer) && refusalToModerate(viewer) === undefined;
}
