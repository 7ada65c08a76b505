import { type ArticleFacts, canEditArticle, canSeeArticle } from '../article/article.policy.ts';
import { isModerator, type Viewer } from '../auth/viewer.ts';

/** Why a viewer may not moderate; undefined: they may. */
export function refusalToModerate(viewer: Viewer | null): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  if (!isModerator(viewer)) return 'FORBIDDEN';
  return viewer?.suspended ? 'ACCOUNT_SUSPENDED' : undefined;
}

/** Whether and how an article takes comments is up to whoever may edit it, and to moderators. */
export function canSetCommentPolicy(article: ArticleFacts, viewer: Viewer | null): boolean {
  if (canEditArticle(article, viewer)) return true;
  return canSeeArticle(article, viewer) && refusalToModerate(viewer) === undefined;
}
