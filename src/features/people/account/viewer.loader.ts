import DataLoader from 'dataloader';
import type { RightsRules, Viewer } from '../../../platform/auth/viewer.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { type SessionKey, selectViewers } from './account.queries.ts';

/** The most sessions that one statement looks up. */
const maxBatchSize = 1000;

/**
 * Looks up the viewers of live sessions. All lookups of requests and sockets in one turn of the event loop share a
 * statement, because thousands of sockets reconnect at once after a restart. Results are not cached, so a lookup after
 * the end of a session finds no viewer. A batch does not wait for the previous lookup, because one broken connection
 * would delay everyone.
 * @returns a function that resolves to undefined for a session that has ended, or belongs to another account
 */
export function viewerLookup(
  db: Queryable,
  rules: RightsRules,
): (session: SessionKey) => Promise<Viewer | undefined> {
  const loader = new DataLoader<SessionKey, Viewer | undefined>(
    async (sessions) => {
      const viewers = await selectViewers(db, sessions, rules);
      return sessions.map(({ accountId, sessionId }) => {
        const viewer = viewers.get(sessionId);
        return viewer?.accountId === accountId ? viewer : undefined;
      });
    },
    { cache: false, maxBatchSize, batchScheduleFn: setImmediate },
  );
  return (session) => loader.load(session);
}
