import { clientOf, type Viewer } from '../auth/viewer.ts';
import type { TransactionScope } from '../db/work-shares.ts';

/** The scope of a transaction that writes to an article, its thread or its endorsements: few of one article run at once. */
export function articleScope(viewer: Viewer, articleId: string): TransactionScope {
  return { client: clientOf(viewer), subject: `article:${articleId}` };
}
