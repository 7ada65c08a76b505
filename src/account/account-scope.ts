import type { Viewer } from '../auth/viewer.ts';

/** An account's changes wait for each other: a transaction whose subject is the viewer's own account locks it for a change. */
export const scopeOf = (viewer: Viewer) => ({
  viewer,
  subject: `account:${viewer.accountId}`,
});
