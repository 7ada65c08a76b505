import type { ArticleFacts } from '../article/article.policy.ts';
import type { Viewer } from '../auth/viewer.ts';

/** Viewers who are signed in and not suspended may endorse a published article, once. */
export function canEndorse(article: ArticleFacts, viewer: Viewer | null): boolean {
  return viewer !== null && !viewer.suspended && article.status === 'PUBLISHED';
}
