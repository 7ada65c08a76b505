import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../../src/platform/db/database.ts';
import type { TestUser } from './app.ts';

/** Adds a refresh token to a session as the version before token families did. @returns the token */
export async function addLegacyToken(
  db: Database,
  sessionId: string,
  usedAt: Date | null = null,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db.query(
    `INSERT INTO refresh_token (hash, session_id, issued_at, expires_at, used_at)
     VALUES ($1, $2, now(), now() + interval '30 days', $3)`,
    [createHash('sha256').update(token).digest(), sessionId, usedAt],
  );
  return token;
}

/** Converts an account's only session to the previous version's form. @returns its refresh token */
export async function asBefore(db: Database, { accountId }: Pick<TestUser, 'accountId'>): Promise<string> {
  const [session] = await db.query<{ id: string }>('SELECT id FROM session WHERE account_id = $1', [
    accountId,
  ]);
  if (!session) throw new Error('The account is signed in');
  await db.query('DELETE FROM token_family WHERE session_id = $1', [session.id]);
  return addLegacyToken(db, session.id);
}
