import type { ArticleFacts } from '../articles/article/article.policy.ts';
import { refusalToSpeak, type Viewer } from '../../platform/auth/viewer.ts';

/** Whoever reads the mails to an address may endorse a published article, where the service sends mail. */
export const canBeEndorsed = (article: Pick<ArticleFacts, 'status'>): boolean =>
  article.status === 'PUBLISHED';

/** Viewers who may say something in public may endorse a published article, once. */
export function canEndorse(article: ArticleFacts, viewer: Viewer | null): boolean {
  return viewer !== null && !refusalToSpeak(viewer) && canBeEndorsed(article);
}
