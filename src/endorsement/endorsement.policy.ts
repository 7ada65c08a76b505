import type { ArticleFacts } from '../article/article.policy.ts';
import type { Viewer } from '../auth/viewer.ts';

/** Whoever is signed in and not suspended endorses what is published, once. */
export function canEndorse(article: ArticleFacts, viewer: Viewer | null): boolean {
  return viewer !== null && !viewer.suspended && article.status === 'PUBLISHED';
}
