/** @database either */
import { describe, expect, it } from '@jest/globals';
import { type TestUser, useApp } from '../../../support/app.ts';
import { eventually } from '../../../support/eventually.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: string;
}

const clock = new PinnedClock(new Date('2026-03-01T12:00:00Z'));
const app = useApp(
  { MAX_SESSION_SECONDS: '7200', MAX_SESSIONS_PER_ACCOUNT: '3', REFRESH_TOKEN_TTL_SECONDS: '3600' },
  { clock },
);

const fields = 'session { accessToken refreshToken expiresAt } userErrors { code }';

async function signIn({ email, password }: TestUser): Promise<Tokens> {
  const { signIn: payload } = await app().data(
    `mutation ($input: SignInInput!) { signIn(input: $input) { ${fields} } }`,
    { input: { email, password } },
  );
  expect(payload.userErrors).toEqual([]);
  return payload.session;
}

/** @returns the new tokens; undefined when the session has ended */
async function refresh({ refreshToken }: Pick<Tokens, 'refreshToken'>): Promise<Tokens | undefined> {
  const { refreshSession } = await app().data(
    `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ${fields} } }`,
    { input: { refreshToken } },
  );
  if (!refreshSession.session) expect(refreshSession.userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
  return refreshSession.session ?? undefined;
}

const isAlive = async ({ accessToken: token }: Tokens) =>
  (await app().query('{ viewer { id } }', {}, { token })).status === 200;

const sessionsOf = ({ accountId }: TestUser) =>
  app().app.db.query<{ id: string }>('SELECT id FROM session WHERE account_id = $1 ORDER BY created_at', [
    accountId,
  ]);

describe('a session', () => {
  it('ends a fixed time after its sign-in, together with its access tokens', async () => {
    const user = await app().signUp();
    let tokens = await signIn(user);
    for (const minutes of [50, 50]) {
      clock.advance(minutes * 60);
      tokens = (await refresh(tokens))!;
    }
    clock.advance(15 * 60);
    tokens = (await refresh(tokens))!;
    // It is 1 h 55 min after the sign-in. Without the session's end, the access token would last for 15 minutes.
    expect(Date.parse(tokens.expiresAt) - clock.now().getTime()).toBe(5 * 60_000);
    clock.advance(5 * 60 - 1);
    expect([await isAlive(tokens), (await refresh(tokens))?.expiresAt]).toEqual([true, tokens.expiresAt]);
    clock.advance(1);
    expect([await isAlive(tokens), await refresh(tokens)]).toEqual([false, undefined]);
  });
});

describe('an account', () => {
  it('has a limited number of sessions: a further sign-in ends the least recently refreshed one', async () => {
    const user = await app().signUp();
    clock.advance(60);
    const oldest = await signIn(user);
    clock.advance(60);
    const idle = await signIn(user);
    clock.advance(60);
    const active = (await refresh(oldest))!;
    const first = { accessToken: user.token, refreshToken: user.refreshToken, expiresAt: '' };
    expect(await Promise.all([first, active, idle].map(isAlive))).toEqual([true, true, true]);
    clock.advance(60);
    const fourth = await signIn(user);
    expect(await Promise.all([first, active, idle, fourth].map(isAlive))).toEqual([false, true, true, true]);
    expect(await refresh(first)).toBeUndefined();
    clock.advance(60);
    await signIn(user);
    expect(await Promise.all([active, idle, fourth].map(isAlive))).toEqual([true, false, true]);
    expect(await sessionsOf(user)).toHaveLength(3);
  });

  it('keeps no more session rows when it signs in and out repeatedly, or signs in many times at once', async () => {
    const user = await app().signUp();
    const kept = await signIn(user);
    for (let count = 0; count < 5; count++) {
      clock.advance(1);
      const { accessToken } = await signIn(user);
      await app().data('mutation { signOut { endedAt } }', {}, accessToken);
    }
    expect(await sessionsOf(user)).toHaveLength(3);
    expect(await isAlive(kept)).toBe(true);
    clock.advance(1);
    const atOnce = await Promise.all(Array.from({ length: 8 }, () => signIn(user)));
    expect(await sessionsOf(user)).toHaveLength(3);
    expect((await Promise.all(atOnce.map(isAlive))).filter(Boolean)).toHaveLength(3);
  });

  it('loses surplus sessions from before the limit at its next sign-in, with their tokens', async () => {
    const user = await app().signUp();
    await app().app.db.query(
      `WITH s AS (INSERT INTO session (id, account_id, created_at)
         SELECT gen_random_uuid(), $1, $2::timestamptz - n * interval '1 hour' FROM generate_series(1, 20) AS n RETURNING id)
       INSERT INTO token_family (family_hash, hash, session_id, issued_at, expires_at, expires_on)
         SELECT sha256(id::text::bytea), sha256(id::text::bytea), id, $2, $2::timestamptz + interval '30 days', current_date + 30 FROM s`,
      [user.accountId, clock.now()],
    );
    await signIn(user);
    expect(await sessionsOf(user)).toHaveLength(3);
  });

  it('refuses a sign-in whose password was changed during the check', async () => {
    const user = await app().signUp();
    const { db } = app().app;
    const holding = db.transaction(async (tx) => {
      await tx.query(`UPDATE account SET password_hash = 'x' WHERE id = $1`, [user.accountId]);
      const answer = app().data(`mutation ($input: SignInInput!) { signIn(input: $input) { ${fields} } }`, {
        input: { email: user.email, password: user.password },
      });
      // When the sign-in waits for the lock on the account's row, it has already checked the old password.
      await eventually('the sign-in to wait for a lock', async () => {
        const rows = await db.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      });
      return { answer };
    });
    const { signIn: payload } = await (await holding).answer;
    expect(payload).toEqual({ session: null, userErrors: [{ code: 'WRONG_CREDENTIALS' }] });
  });
});
