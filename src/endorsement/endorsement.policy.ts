import type { ArticleFacts } from '../article/article.policy.ts';
import { refusalToSpeak, type Viewer } from '../auth/viewer.ts';

/** Viewers who may say something in public may endorse a published article, once. */
export function canEndorse(article: ArticleFacts, viewer: Viewer | null): boolean {
  return viewer !== null && !refusalToSpeak(viewer) && article.status === 'PUBLISHED';
}
