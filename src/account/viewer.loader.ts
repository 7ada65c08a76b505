import DataLoader from 'dataloader';
import type { Viewer } from '../auth/viewer.ts';
import type { Queryable } from '../db/database.ts';
import { type SessionKey, selectViewers } from './account.queries.ts';

/** The most sessions that one statement looks up. */
const maxBatchSize = 1000;

/**
 * Finds the viewers of live sessions, of all requests and sockets that ask in one turn of the event loop together: after
 * a restart thousands of sockets come back at once. Nothing is kept, so that whoever asks after a session has ended gets
 * nobody. A turn and not until the last lookup is answered: one broken connection would hold up everybody.
 * @returns finds undefined for a session that has ended, or is not of this account
 */
export function viewerLookup(db: Queryable): (session: SessionKey) => Promise<Viewer | undefined> {
  const loader = new DataLoader<SessionKey, Viewer | undefined>(
    async (sessions) => {
      const viewers = await selectViewers(db, sessions);
      return sessions.map(({ accountId, sessionId }) => {
        const viewer = viewers.get(sessionId);
        return viewer?.accountId === accountId ? viewer : undefined;
      });
    },
    { cache: false, maxBatchSize, batchScheduleFn: setImmediate },
  );
  return (session) => loader.load(session);
}
