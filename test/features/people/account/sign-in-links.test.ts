/** @database either */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { noPassword } from '../../../../src/platform/auth/password.ts';
import { TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

const settings = { ...noMailWork, SIGN_IN_LINKS: 'true', TRUST_PROXY: 'true' };
const clock = new PinnedClock();
const service = useApp(settings, { mailTransport: noTransport, clock });
let app: TestApp;

beforeEach(() => {
  app = service();
  clock.set(new Date());
});
afterEach(() => app.app.db.query('DELETE FROM mail'));

/** An account that other sites alone have signed in to. */
async function addWithoutPassword(): Promise<TestUser> {
  const user = await app.signUp();
  await app.app.db.query('UPDATE account SET password_hash = $2 WHERE id = $1', [user.accountId, noPassword]);
  return user;
}

const request = async (email: string, to = app): Promise<any> =>
  (
    await to.data(
      `mutation ($input: RequestSignInLinkInput!) { requestSignInLink(input: $input) {
        expiresAt userErrors { code } } }`,
      { input: { email } },
    )
  ).requestSignInLink;

const use = async (token: string): Promise<any> =>
  (
    await app.data(
      `mutation ($input: SignInWithLinkInput!) { signInWithLink(input: $input) {
        session { accessToken } viewer { id } userErrors { code } } }`,
      { input: { token } },
    )
  ).signInWithLink;

/** The last mail to an address. */
async function mailTo(email: string): Promise<{ kind: string; token: string | undefined }> {
  const [mail] = await app.app.db.query<{ kind: string; text: string }>(
    'SELECT kind, text FROM mail WHERE recipient = $1 ORDER BY created_at DESC LIMIT 1',
    [email],
  );
  return { kind: mail?.kind ?? '', token: /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1] };
}

/** The token of a new link. */
async function linkTo({ email }: TestUser): Promise<string> {
  await request(email);
  const { token } = await mailTo(email);
  if (token === undefined) throw new Error('There is no link in the mail');
  return token;
}

const invalid = { session: null, viewer: null, userErrors: [{ code: 'LINK_INVALID' }] };

it('a mailed link signs in to a reader’s account without a password, once', async () => {
  const user = await addWithoutPassword();
  const token = await linkTo(user);
  const earlier = await linkTo(user);
  const all = await Promise.all(Array.from({ length: 8 }, () => use(token)));
  const begun = all.filter(({ session }) => session !== null);
  expect(begun).toMatchObject([{ viewer: { id: user.viewerId }, userErrors: [] }]);
  expect(await app.data('{ viewer { id } }', {}, begun[0].session.accessToken)).toEqual({
    viewer: { id: user.viewerId },
  });
  // Its other links end with it; its other sessions go on.
  expect(await use(earlier)).toEqual(invalid);
  expect(await app.data('{ viewer { id } }', {}, user.token)).toEqual({ viewer: { id: user.viewerId } });
});

it('a link is valid for a quarter of an hour, for the address to which it was mailed, and for nothing else', async () => {
  const user = await addWithoutPassword();
  const [late, moved] = [await linkTo(user), await linkTo(user)];
  clock.advance(901);
  expect(await use(late)).toEqual(invalid);
  clock.advance(-901);
  const reset = await app.data(
    `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { session { accessToken } userErrors { code } } }`,
    { input: { token: late, password: 'another horse, another battery' } },
  );
  expect(reset.resetPassword).toEqual({ session: null, userErrors: [{ code: 'LINK_INVALID' }] });
  await app.app.db.query('UPDATE account SET email = $2 WHERE id = $1', [
    user.accountId,
    `${randomUUID()}@example.org`,
  ]);
  expect(await use(moved)).toEqual(invalid);
  expect(await use('x'.repeat(43))).toEqual(invalid);
});

it('accounts with a password or a role, and addresses without an account, are answered alike and mailed what to do', async () => {
  const editor = await addWithoutPassword();
  const token = await linkTo(editor);
  await app.app.db.query(`UPDATE account SET roles = '{READER,EDITOR}' WHERE id = $1`, [editor.accountId]);
  expect(await use(token)).toEqual(invalid);
  const [known, unknown] = [(await app.signUp()).email, `${randomUUID()}@example.org`];
  const expiresAt = new Date(clock.now().getTime() + 900_000).toISOString();
  for (const email of [editor.email, known, unknown])
    expect(await request(email)).toEqual({ expiresAt, userErrors: [] });
  const kinds = await Promise.all([editor.email, known, unknown].map(async (to) => (await mailTo(to)).kind));
  expect(kinds).toEqual(['SIGN_IN_OTHERWISE', 'SIGN_IN_OTHERWISE', 'SIGN_IN_UNKNOWN']);
  const links = await app.app.db.query(
    `SELECT account_id FROM mailed_link WHERE email IN ($1, $2) AND account_id IS NOT NULL`,
    [known, unknown],
  );
  expect(links).toEqual([]);
});

it('a reader on an unknown device has a link of the last ten minutes while strangers keep asking, and no more are mailed', async () => {
  const user = await addWithoutPassword();
  const ask = async (address: string): Promise<number> => {
    await app.query(
      'mutation ($input: RequestSignInLinkInput!) { requestSignInLink(input: $input) { expiresAt } }',
      { input: { email: user.email } },
      { headers: { 'x-forwarded-for': address } },
    );
    const [row] = await app.app.db.query<{ mails: number }>(
      'SELECT count(*)::int AS mails FROM mail WHERE recipient = $1',
      [user.email],
    );
    return row?.mails ?? 0;
  };
  const counts: number[] = [];
  for (let network = 0; network < 14; network += 1) counts.push(await ask(`10.1.${network}.1`));
  expect(counts.slice(-3)).toEqual([12, 12, 12]);
  clock.advance(601);
  expect(await ask('10.1.50.1')).toBe(13);
  expect(await ask('10.1.51.1')).toBe(13);
  expect(await ask('192.0.2.8')).toBe(13);
  const { token = '' } = await mailTo(user.email);
  expect((await use(token)).userErrors).toEqual([]);
  // Its links have ended: the next device needs another one.
  expect(await ask('198.51.100.7')).toBe(14);
});

it('a reader without a password is told to sign in by a link where others are told to choose a new password', async () => {
  const told = async (user: TestUser, token: string): Promise<boolean[][]> => {
    const input = { email: `${randomUUID()}@example.org` };
    const change =
      'mutation ($input: ChangeEmailInput!) { changeEmail(input: $input) { userErrors { code } } }';
    expect((await app.data(change, { input }, token)).changeEmail.userErrors).toEqual([]);
    const erase = 'mutation { requestErasure { userErrors { code } } }';
    expect((await app.data(erase, {}, token)).requestErasure.userErrors).toEqual([]);
    const mails = await app.app.db.query<{ text: string }>(
      `SELECT text FROM mail WHERE recipient = $1 AND kind IN ('EMAIL_TO_CHANGE', 'ERASURE_REQUESTED')`,
      [user.email],
    );
    return mails.map(({ text }) => [
      /choose a new password/i.test(text),
      /end the other sessions/.test(text),
    ]);
  };
  const reader = await addWithoutPassword();
  const { session } = await use(await linkTo(reader));
  const [byPassword, byLink] = [
    [true, false],
    [false, true],
  ];
  expect(await told(reader, session.accessToken)).toEqual([byLink, byLink]);
  const other = await app.signUp();
  expect(await told(other, other.token)).toEqual([byPassword, byPassword]);
});

it('a new password ends the links that sign in', async () => {
  const user = await addWithoutPassword();
  const token = await linkTo(user);
  await app.data(
    'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresAt } }',
    { input: { email: user.email } },
  );
  const { token: reset = '' } = await mailTo(user.email);
  await app.data(
    'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { userErrors { code } } }',
    { input: { token: reset, password: 'another horse, another battery' } },
  );
  expect(await use(token)).toEqual(invalid);
});

it('a service whose operator has not allowed it mails no such link, and takes none', async () => {
  const user = await addWithoutPassword();
  const token = await linkTo(user);
  await app.app.db.query('DELETE FROM mail');
  const other = await TestApp.start(noMailWork, {
    clock,
    mailTransport: noTransport,
    database: app.database,
  });
  try {
    expect(await other.data('{ signInOptions { mailsLinks } }')).toEqual({
      signInOptions: { mailsLinks: false },
    });
    expect(await request(user.email, other)).toEqual({
      expiresAt: null,
      userErrors: [{ code: 'WRONG_STATUS' }],
    });
    expect((await mailTo(user.email)).kind).toBe('');
    const { signInWithLink } = await other.data(
      'mutation ($input: SignInWithLinkInput!) { signInWithLink(input: $input) { userErrors { code } } }',
      { input: { token } },
    );
    expect(signInWithLink.userErrors).toEqual([{ code: 'LINK_INVALID' }]);
  } finally {
    await other.close();
  }
  expect(await app.data('{ signInOptions { mailsLinks } }')).toEqual({ signInOptions: { mailsLinks: true } });
});
