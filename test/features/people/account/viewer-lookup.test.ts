/** @database either */
import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import WebSocket from 'ws';
import {
  selectChangedViewers,
  selectViewers,
} from '../../../../src/features/people/account/account.queries.ts';
import { viewerLookup } from '../../../../src/features/people/account/viewer.loader.ts';
import { rightsOf } from '../../../../src/platform/auth/viewer.ts';
import { useApp } from '../../../support/app.ts';
import { recordStatements } from '../../../support/statements.ts';

const nobodysSession = '00000000-0000-4000-8000-000000000000';

/** A service that demands nothing before an account has its rights. */
const rules = { mustConfirm: false, staffSecondFactor: false, issuerRoles: [] };

describe('viewers', () => {
  const app = useApp({ MAX_SOCKETS_PER_VIEWER: '1000' });
  let recorded: ReturnType<typeof recordStatements> | undefined;
  afterEach(() => recorded?.stop());

  const sessionOf = async ({ accountId }: { accountId: string }) => {
    const [session] = await app().app.db.query<{ accountId: string; sessionId: string }>(
      `SELECT account_id::text AS "accountId", id AS "sessionId" FROM session WHERE account_id = $1`,
      [accountId],
    );
    if (!session) throw new Error('There is no session');
    return session;
  };

  const lookups = () => recorded?.statements.filter((text) => text.includes('JOIN session')).length;

  it('are found by their session while it is live, and only together with its own account', async () => {
    const { db } = app().app;
    const ada = await sessionOf(await app().signUp('Ada Example'));
    const moderator = await app().signUp('Mo Example', 'MODERATOR');
    const mo = await sessionOf(moderator);
    const crossed = { accountId: ada.accountId, sessionId: mo.sessionId };
    const unknown = { accountId: ada.accountId, sessionId: nobodysSession };
    await db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [ada.accountId]);

    const found = await selectViewers(db, [ada, mo, unknown, ada], rules);
    expect(found).toEqual(
      new Map<string, unknown>([
        [
          ada.sessionId,
          {
            ...ada,
            name: 'Ada Example',
            roles: ['READER'],
            suspended: true,
            unconfirmed: false,
            premoderated: false,
            lacksSecondFactor: false,
            lacksOwnProof: false,
          },
        ],
        [
          mo.sessionId,
          {
            ...mo,
            name: 'Mo Example',
            roles: expect.arrayContaining(['MODERATOR']),
            suspended: false,
            unconfirmed: false,
            premoderated: false,
            lacksSecondFactor: false,
            lacksOwnProof: false,
          },
        ],
      ]),
    );
    expect([...(await selectViewers(db, [crossed], rules))]).toEqual([]);
    expect([...(await selectViewers(db, [], rules))]).toEqual([]);

    const find = viewerLookup(db, rules);
    const names = await Promise.all([crossed, mo].map(async (session) => (await find(session))?.name));
    expect(names).toEqual([undefined, 'Mo Example']);

    await app().query(`mutation { signOut { endedAt } }`, {}, { token: moderator.token });
    expect([...(await selectViewers(db, [ada, mo], rules)).keys()]).toEqual([ada.sessionId]);
    expect(await find(mo)).toBeUndefined();
  });

  it('are reported when their rights are no longer the known ones', async () => {
    const { db } = app().app;
    const reader = await app().signUp();
    const moderator = await app().signUp('Mo Example', 'MODERATOR');
    const [ada, mo] = [await sessionOf(reader), await sessionOf(moderator)];
    const changes = async (...known: readonly [session: typeof ada, rights: string][]) =>
      selectChangedViewers(
        db,
        known.map(([session, rights]) => ({ ...session, rights })),
        rules,
      );
    const rightsOfMo = rightsOf((await selectViewers(db, [mo], rules)).get(mo.sessionId) ?? null);
    expect(rightsOfMo).toContain('MODERATOR');
    expect((await changes([ada, 'READER'], [mo, rightsOfMo])).size).toBe(0);
    expect((await changes()).size).toBe(0);
    // One connection knows the present rights of the session, another one knows outdated rights.
    const found = await changes([ada, 'READER'], [mo, rightsOfMo], [mo, 'READER']);
    expect(found).toEqual(
      new Map([
        [
          mo.sessionId,
          {
            ...mo,
            name: 'Mo Example',
            roles: expect.any(Array),
            suspended: false,
            unconfirmed: false,
            premoderated: false,
            lacksSecondFactor: false,
            lacksOwnProof: false,
          },
        ],
      ]),
    );
    await db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [ada.accountId]);
    expect((await changes([ada, 'READER'])).get(ada.sessionId)).toMatchObject({ suspended: true });
    expect((await changes([ada, 'READER!'])).size).toBe(0);
    await app().query(`mutation { signOut { endedAt } }`, {}, { token: moderator.token });
    const crossed = { accountId: ada.accountId, sessionId: nobodysSession };
    expect(await changes([mo, rightsOfMo], [crossed, 'READER'])).toEqual(
      new Map([
        [mo.sessionId, undefined],
        [nobodysSession, undefined],
      ]),
    );
  });

  it('are looked up by one statement for simultaneous requests', async () => {
    const session = await sessionOf(await app().signUp());
    const find = viewerLookup(app().app.db, rules);
    recorded = recordStatements();
    const found = await Promise.all(Array.from({ length: 500 }, () => find(session)));
    expect(found.every((viewer) => viewer?.accountId === session.accountId)).toBe(true);
    expect(lookups()).toBe(1);
  });

  it('are looked up again after a database fault, which fails all waiting lookups', async () => {
    const { db } = app().app;
    const session = await sessionOf(await app().signUp());
    let broken = true;
    const find = viewerLookup(
      {
        query: (statement, values) =>
          broken ? Promise.reject(new Error('The database is away')) : db.query(statement, values),
      },
      rules,
    );
    const refused = await Promise.allSettled([find(session), find(session)]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await find(session)).toMatchObject(session);
  });

  it('of sockets that reconnect at once are looked up together', async () => {
    const { token } = await app().signUp();
    const url = `${app().url.replace(/^http/, 'ws')}/graphql`;
    const sockets = Array.from({ length: 200 }, () => new WebSocket(url, 'graphql-transport-ws'));
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    recorded = recordStatements();
    const answers = sockets.map(async (socket) => {
      const answered = once(socket, 'message');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
      const [data] = (await answered) as [Buffer];
      return JSON.parse(data.toString()) as { type: string };
    });
    for (const { type } of await Promise.all(answers)) expect(type).toBe('connection_ack');
    expect(lookups()).toBeLessThan(20);
    for (const socket of sockets) socket.terminate();
  });
});
