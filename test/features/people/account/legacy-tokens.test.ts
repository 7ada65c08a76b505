/** @database either */
import { describe, expect, it } from '@jest/globals';
import { migrateDown, migrateUp } from '../../../../src/platform/db/migrate.ts';
import { type TestUser, useApp } from '../../../support/app.ts';
import { addLegacyToken, asBefore } from '../../../support/legacy-tokens.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

const clock = new PinnedClock();
const app = useApp({}, { clock });

/** @returns the next refresh token; undefined when the session is over */
async function refresh(refreshToken: string): Promise<string | undefined> {
  const { refreshSession } = await app().data(
    `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) {
      session { refreshToken } userErrors { code } } }`,
    { input: { refreshToken } },
  );
  if (refreshSession.session) return refreshSession.session.refreshToken;
  expect(refreshSession.userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
  return undefined;
}

const sessionOf = async ({ accountId }: TestUser): Promise<string> =>
  (await app().app.db.query<{ id: string }>('SELECT id FROM session WHERE account_id = $1', [accountId]))[0]!
    .id;

const isAlive = async ({ token }: TestUser) =>
  (await app().query('{ viewer { id } }', {}, { token })).status === 200;

describe('a refresh token of the previous version', () => {
  it('can be exchanged once, also by many simultaneous requests', async () => {
    const token = await asBefore(app().app.db, await app().signUp());
    const next = new Set(await Promise.all(Array.from({ length: 8 }, () => refresh(token))));
    expect(next.size).toBe(1);
    const [first] = next;
    clock.advance(30);
    expect(await refresh(token)).toBe(first);
    clock.advance(1);
    const second = await refresh(first!);
    expect(second).toMatch(/^[\w-]{64}$/);
    expect(second).not.toBe(first);
  });

  it('ends its session when it is used again later, also after further exchanges', async () => {
    for (const exchanges of [1, 3]) {
      const user = await app().signUp();
      const token = await asBefore(app().app.db, user);
      let last: string | undefined = token;
      for (let count = 0; count < exchanges; count++) {
        last = await refresh(last!);
        clock.advance(31);
      }
      expect(await isAlive(user)).toBe(true);
      expect(await refresh(token)).toBeUndefined();
      expect(await refresh(last!)).toBeUndefined();
      expect(await isAlive(user)).toBe(false);
    }
  });

  it('can still be exchanged after a node of the previous version spent it or another token of its session', async () => {
    const user = await app().signUp();
    const { db } = app().app;
    const unspent = await asBefore(db, user);
    const spent = await addLegacyToken(db, await sessionOf(user), clock.now());
    clock.advance(20);
    const next = await refresh(spent);
    expect(await refresh(spent)).toBe(next);
    const other = await refresh(unspent);
    clock.advance(31);
    for (const token of [next, other]) expect(await refresh(token!)).toMatch(/^[\w-]{64}$/);
    // The reuse of one token ends the session with all its tokens.
    expect(await refresh(spent)).toBeUndefined();
    expect(await refresh(other!)).toBeUndefined();
  });

  it('is made of each token when the migration is reverted, and works once it is applied again', async () => {
    const [user, stolen] = [await app().signUp(), await app().signUp()];
    const first = await refresh(user.refreshToken);
    const copied = await refresh(stolen.refreshToken);
    const { dataSource } = app().app;
    const reverted: (string | undefined)[] = [];
    while (reverted.at(-1) !== 'TokenFamilies1765100000000') reverted.push(await migrateDown(dataSource));
    expect(await migrateUp(dataSource)).toEqual(reverted.reverse());
    clock.advance(31);
    const second = await refresh(first!);
    expect(second).toMatch(/^[\w-]{64}$/);
    clock.advance(31);
    expect(await refresh(second!)).toMatch(/^[\w-]{64}$/);
    expect(await refresh(stolen.refreshToken)).toBeUndefined();
    expect(await refresh(copied!)).toBeUndefined();
  });
});
