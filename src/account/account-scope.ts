import type { Viewer } from '../auth/viewer.ts';
import { accountSubject } from '../db/database.ts';

/** An account's changes wait for each other: a transaction whose subject is the viewer's own account locks it for a change. */
export const scopeOf = (viewer: Viewer) => ({
  viewer,
  subject: accountSubject(viewer.accountId),
});
