import type { Client } from 'pg';
import { AccessTokens } from '../src/platform/auth/access-token.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { sessionSecret } from './processes/service.ts';

/** A signed-in account. */
export interface SignedIn {
  readonly accountId: string;
  readonly sessionId: string;
  readonly token: string;
}

/** Signs and verifies tokens as the benched service does. */
export const accessTokens = new AccessTokens({
  secret: sessionSecret,
  ttlSeconds: 86_400,
  clock: systemClock,
});

/** A proof of who is signed in that counts for a day, so that no run outlasts it. */
const provenAt = `clock_timestamp() + interval '1 day'`;

/** Opens sessions for the first accounts. */
export async function openSessions(client: Client, count: number): Promise<SignedIn[]> {
  const { rows } = await client.query<{ accountId: string; sessionId: string }>(
    `INSERT INTO session (id, account_id, proven_at)
     SELECT gen_random_uuid(), id, ${provenAt} FROM account ORDER BY id LIMIT $1
     RETURNING account_id::text AS "accountId", id AS "sessionId"`,
    [count],
  );
  return withTokens(rows);
}

/** Opens a session for each of these accounts. */
export async function signInAs(client: Client, accountIds: readonly string[]): Promise<SignedIn[]> {
  const { rows } = await client.query<{ accountId: string; sessionId: string }>(
    `INSERT INTO session (id, account_id, proven_at) SELECT gen_random_uuid(), id, ${provenAt} FROM unnest($1::bigint[]) AS id
     RETURNING account_id::text AS "accountId", id AS "sessionId"`,
    [accountIds],
  );
  return withTokens(rows);
}

const withTokens = (rows: readonly Omit<SignedIn, 'token'>[]): Promise<SignedIn[]> =>
  Promise.all(
    rows.map(async (row) => ({
      ...row,
      token: (await accessTokens.sign(row.accountId, row.sessionId)).token,
    })),
  );
