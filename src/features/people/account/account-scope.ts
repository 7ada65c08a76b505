import type { Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject } from '../../../platform/db/database.ts';

/** An account's changes wait for each other: a transaction whose subject is the viewer's own account locks it for a change. */
export const scopeOf = (viewer: Viewer) => ({
  viewer,
  subject: accountSubject(viewer.accountId),
});
