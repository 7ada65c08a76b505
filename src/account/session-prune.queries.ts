import type { Tx } from '../db/database.ts';
import type { PruneStep } from '../db/pruning.ts';

const tokensPerStep = 500;
/** Each has as many tokens as it was refreshed times. */
const sessionsPerStep = 20;

/**
 * How long a token or a session stays behind its end: an access token that was issued with the last refresh token may
 * outlive it, by a day at most, and nodes' clocks differ.
 */
const grace = "interval '1 day'";

/** Removes refresh tokens that have expired, used or not, and the sessions that have none left. */
export async function pruneExpiredTokens(tx: Tx, at: Date): Promise<PruneStep> {
  const tokens = await tx.query<{ sessionId: string }>(
    `DELETE FROM refresh_token WHERE hash IN (
       SELECT hash FROM refresh_token WHERE expires_at < $1::timestamptz - ${grace}
       ORDER BY expires_at LIMIT $2)
     RETURNING session_id AS "sessionId"`,
    [at, tokensPerStep],
  );
  // A session that is refreshed at this moment has a token that was good until now, so it stays.
  const sessions = await tx.query(
    `DELETE FROM session s WHERE id = ANY($1::uuid[])
       AND NOT EXISTS (SELECT FROM refresh_token t WHERE t.session_id = s.id)
     RETURNING 1`,
    [[...new Set(tokens.map(({ sessionId }) => sessionId))]],
  );
  return {
    removed: { refresh_token: tokens.length, session: sessions.length },
    more: tokens.length === tokensPerStep,
  };
}

/** Removes sessions that were ended, with all their tokens: to whoever presents one, unknown and ended are the same. */
export async function pruneEndedSessions(tx: Tx, at: Date): Promise<PruneStep> {
  const ended = await tx.query<{ id: string }>(
    `SELECT id FROM session WHERE revoked_at < $1::timestamptz - ${grace} ORDER BY revoked_at LIMIT $2`,
    [at, sessionsPerStep],
  );
  const ids = ended.map(({ id }) => id);
  const tokens = await tx.query('DELETE FROM refresh_token WHERE session_id = ANY($1::uuid[]) RETURNING 1', [
    ids,
  ]);
  const sessions = await tx.query('DELETE FROM session WHERE id = ANY($1::uuid[]) RETURNING 1', [ids]);
  return {
    removed: { refresh_token: tokens.length, session: sessions.length },
    more: ended.length === sessionsPerStep,
  };
}
