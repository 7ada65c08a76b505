/**
 * Commands that lock an address, another site's person, a recipient of mails or several accounts, in the order of all others.
 * @database either
 */
import { beforeAll, expect, it } from '@jest/globals';
import {
  LoginService,
  type LoginServiceOptions,
} from '../../../../src/features/people/login/login.service.ts';
import { systemClock } from '../../../../src/platform/time/clock.ts';
import { type TestUser, useApp } from '../../../support/app.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import {
  addEmailLink,
  addSignIn,
  duringChange,
  exampleIssuer,
  sessionOf,
} from '../../../support/sessions.ts';

const app = useApp(noMailWork, { mailTransport: noTransport });

const address = 'another@example.org';

let user: TestUser;

beforeAll(async () => {
  user = await app().signUp('Ada Example');
});

const ofAddress = [0x616472, address] as const;
const ofPerson = (subject: string) => [0x6c6f67, `${exampleIssuer} ${subject}`] as const;

it.each([
  { name: 'changeEmail', lock: ofAddress, input: () => ({ email: address }) },
  { name: 'confirmEmail', lock: ofAddress, input: () => addEmailLink(app(), user, address) },
  { name: 'linkLogin', lock: ofPerson('ada'), input: () => addSignIn(app(), 'ada') },
  { name: 'proveBySignIn', lock: ofPerson('new'), input: () => addSignIn(app(), 'new') },
])('$name holds no account while it waits for what comes before accounts', async ({ name, lock, input }) => {
  const given = await input();
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const { hasWaited, answer } = await duringChange(
    app(),
    ['SELECT pg_advisory_xact_lock($1, hashtext($2))', ...lock],
    () =>
      app().query(
        `mutation ($input: ${type}) { ${name}(input: $input) { userErrors { code } } }`,
        { input: given },
        { token: user.token },
      ),
    ['SELECT FROM account WHERE id = $1 FOR UPDATE NOWAIT', user.accountId],
  );
  expect([hasWaited, answer.errors]).toEqual([true, undefined]);
});

it.each(['linkLogin', 'proveBySignIn'])(
  '%s holds no account while it waits for a sign-in that somebody takes',
  async (name) => {
    const input = await addSignIn(app(), `${name}-taken`);
    const { hasWaited, answer } = await duringChange(
      app(),
      ['SELECT FROM pending_login WHERE subject = $1 FOR UPDATE', `${name}-taken`],
      () =>
        app().query(
          `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { userErrors { code } } }`,
          { input },
          { token: user.token },
        ),
      ['SELECT FROM account WHERE id = $1 FOR UPDATE NOWAIT', user.accountId],
    );
    expect([hasWaited, answer.errors]).toEqual([true, undefined]);
  },
);

it('changeEmail takes the locks of both recipients in one order, whoever asks for whose address', async () => {
  const recipientLock = 0x6d6c72;
  const both = [await app().signUp('Bo Example'), await app().signUp('Cy Example')] as const;
  const [first, second] = await app().app.db.query<{ email: string }>(
    'SELECT email FROM account WHERE id = ANY($1::bigint[]) ORDER BY hashtext(email)',
    [both.map(({ accountId }) => accountId)],
  );
  for (const [own, other] of [both, [both[1], both[0]] as const]) {
    const { hasWaited, answer } = await duringChange(
      app(),
      ['SELECT pg_advisory_xact_lock($1, hashtext($2))', recipientLock, first?.email],
      () =>
        app().query(
          'mutation ($email: String!) { changeEmail(input: { email: $email }) { userErrors { code } } }',
          { email: other.email },
          { token: own.token },
        ),
      // Fails if somebody holds it.
      ['SELECT 1 / pg_try_advisory_xact_lock($1, hashtext($2))::int', recipientLock, second?.email],
    );
    expect([hasWaited, answer]).toMatchObject([true, { data: { changeEmail: { userErrors: [] } } }]);
  }
});

it('an issuer that ends its sessions of several accounts locks the accounts first, in the order of their ids', async () => {
  const [first, second] = [await app().signUp('Di Example'), await app().signUp('Ed Example')];
  const sessions = [sessionOf(first.token), sessionOf(second.token)];
  const { db } = app().app;
  await db.query('UPDATE session SET issuer = $1, issuer_session = $2 WHERE id = ANY($3::uuid[])', [
    exampleIssuer,
    'common',
    sessions,
  ]);
  const logins = new LoginService({ db, clock: systemClock } as unknown as LoginServiceOptions);
  const { hasWaited, answer } = await duringChange(
    app(),
    ['SELECT FROM account WHERE id = $1 FOR UPDATE', first.accountId],
    () => logins.endSessions({ issuer: exampleIssuer, subject: null, session: 'common', id: 'one' }),
    [
      `SELECT FROM account a JOIN session s ON s.account_id = a.id
       WHERE a.id = $1 OR s.id = ANY($2::uuid[]) FOR UPDATE NOWAIT`,
      second.accountId,
      sessions,
    ],
  );
  expect([hasWaited, answer]).toEqual([true, true]);
  const ended = await db.query('SELECT FROM session WHERE id = ANY($1::uuid[]) AND revoked_at IS NOT NULL', [
    sessions,
  ]);
  expect(ended).toHaveLength(2);
});
