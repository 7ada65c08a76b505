import type { Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import { deleteSessions } from './session.queries.ts';

const rowsPerStep = 500;

/**
 * How long a token or a session is kept after its end: an access token that was issued with the last refresh token may
 * outlive it, by a day at most, and nodes' clocks differ.
 */
const grace = "interval '1 day'";

/** Deletes token families whose last token has expired, and their sessions. */
export async function pruneExpiredFamilies(tx: Tx, at: Date): Promise<PruneStep> {
  const families = await tx.query<{ sessionId: string }>(
    `DELETE FROM token_family WHERE family_hash IN (
       SELECT family_hash FROM token_family
       WHERE expires_on <= (($1::timestamptz - ${grace}) AT TIME ZONE 'UTC')::date
         AND expires_at < $1::timestamptz - ${grace}
       ORDER BY expires_on LIMIT $2)
     RETURNING session_id AS "sessionId"`,
    [at, rowsPerStep],
  );
  const sessions = await deleteWithoutTokens(tx, families);
  return {
    removed: { token_family: families.length, session: sessions },
    more: families.length === rowsPerStep,
  };
}

/**
 * Deletes those of the sessions that have no token left. A session that is being refreshed concurrently has a token
 * that was valid until now, so it stays.
 */
async function deleteWithoutTokens(tx: Tx, of: readonly { sessionId: string }[]): Promise<number> {
  const sessions = await tx.query(
    `DELETE FROM session s WHERE id = ANY($1::uuid[])
       AND NOT EXISTS (SELECT FROM token_family f WHERE f.session_id = s.id)
     RETURNING 1`,
    [[...new Set(of.map(({ sessionId }) => sessionId))]],
  );
  return sessions.length;
}

/** Deletes sessions that were ended, with all their tokens. */
export async function pruneEndedSessions(tx: Tx, at: Date): Promise<PruneStep> {
  const ended = await tx.query<{ id: string }>(
    `SELECT id FROM session WHERE revoked_at < $1::timestamptz - ${grace} ORDER BY revoked_at LIMIT $2`,
    [at, rowsPerStep],
  );
  const removed = await deleteSessions(
    tx,
    ended.map(({ id }) => id),
  );
  return { removed: { ...removed }, more: ended.length === rowsPerStep };
}
