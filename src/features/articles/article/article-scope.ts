import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { TransactionScope } from '../../../platform/db/database.ts';

/**
 * Scope of a transaction that writes to an article, its thread or its endorsements: only a few transactions per article
 * run concurrently.
 */
export function articleScope(viewer: Viewer, articleId: string): TransactionScope {
  return { viewer, subject: `article:${articleId}` };
}
