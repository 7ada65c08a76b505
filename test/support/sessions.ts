import { decodeJwt } from 'jose';
import { createHash } from 'node:crypto';
import type { TestApp } from './app.ts';
import { onDatabase } from './database.ts';
import { eventually } from './eventually.ts';

/** The session of an access token. */
export const sessionOf = (token: string): string => decodeJwt(token).sid as string;

/**
 * Sends a request while another transaction changes rows, which is committed once the request waits for it, or is answered.
 * @param change a statement, and its values
 * @param before as `change`, run right before the commit
 * @returns whether it has waited, and its answer
 */
export function duringChange<T>(
  app: TestApp,
  change: readonly [statement: string, ...values: unknown[]],
  send: () => Promise<T>,
  before?: readonly [statement: string, ...values: unknown[]],
): Promise<{ readonly hasWaited: boolean; readonly answer: T }> {
  const [statement, ...values] = change;
  return onDatabase(app.database.url, async (client) => {
    await client.query('BEGIN');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await client.query(statement, values);
    let isAnswered = false;
    const answer = send().finally(() => (isAnswered = true));
    let hasWaited = false;
    await eventually('the request waits or is answered', async () => {
      if (isAnswered) return true;
      const [row] = await app.app.db.query<{ waits: boolean }>(
        'SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid))) AS waits',
        [rows[0]?.pid],
      );
      hasWaited = row?.waits === true;
      return hasWaited;
    });
    if (before) await client.query(before[0], before.slice(1));
    await client.query('COMMIT');
    return { hasWaited, answer: await answer };
  });
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

export const exampleIssuer = 'https://issuer.example.org';

/** A sign-in at another site that waits. */
export async function addSignIn(
  { app: { db } }: TestApp,
  subject: string,
): Promise<{ code: string; secret: string }> {
  await db.query(
    `INSERT INTO pending_login (hash, secret_hash, issuer, subject, name, roles, asked_at, authenticated_at, expires_at)
     VALUES ($1, $2, $3, $4, 'Ada', '{}', now(), now(), 'infinity')`,
    [hashOf(subject), hashOf('secret'), exampleIssuer, subject],
  );
  return { code: subject, secret: 'secret' };
}

/** A mailed link that confirms an address. */
export async function addEmailLink(
  { app: { db } }: TestApp,
  { accountId }: { readonly accountId: string },
  email: string,
): Promise<{ token: string }> {
  const token = 'a'.repeat(43);
  await db.query(
    `INSERT INTO mailed_link (hash, kind, account_id, email, expires_at) VALUES ($1, 'EMAIL', $2, $3, 'infinity')`,
    [hashOf(token), accountId, email],
  );
  return { token };
}
