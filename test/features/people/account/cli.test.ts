/**
 * @database either
 * @seconds 20
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { noPassword } from '../../../../src/platform/auth/password.ts';
import { useApp } from '../../../support/app.ts';
import { buildProgram, type Ran, runProgram } from '../../../support/program.ts';
import { addServiceAccount, addToken } from '../../../support/tokens.ts';
import { addPasskey, Authenticator } from '../../../support/authenticator.ts';

const app = useApp();

beforeAll(buildProgram, 240_000);

const account = (args: readonly string[], input = ''): Promise<Ran> =>
  runProgram('account', args, { env: { DATABASE_URL: app().database.url }, input });

const signIn = async (email: string, password: string) =>
  (
    await app().data(
      `mutation ($input: SignInInput!) { signIn(input: $input) {
        session { accessToken } viewer { name roles journalist { slug name } } userErrors { code } } }`,
      { input: { email, password } },
    )
  ).signIn;

/** Follows the link that a command has printed. */
const choose = async (printed: Ran, password: string) =>
  (
    await app().data(
      'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { userErrors { code } } }',
      { input: { token: /\/reset-password#(\S+)\n$/.exec(printed.out)?.[1] ?? '', password } },
    )
  ).resetPassword;

describe('the account command', () => {
  it('creates an account whose owner chooses the password, and changes the account’s roles and byline', async () => {
    const email = `${randomUUID()}@example.org`;
    const made = await account(['create', email.toUpperCase(), '--role', 'journalist', '--role', 'EDITOR']);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain(': http://127.0.0.1:4000/reset-password#');
    const stored = await app().app.db.query('SELECT password_hash FROM account WHERE email = $1', [email]);
    expect(stored).toEqual([{ password_hash: noPassword }]);
    const password = 'a bridge of my own';
    expect(await choose(made, password)).toEqual({ userErrors: [] });
    // The link is used up.
    expect(await choose(made, 'another of my own')).toEqual({ userErrors: [{ code: 'LINK_INVALID' }] });
    const { session, viewer } = await signIn(email, password);
    // No part of the address becomes the public name.
    expect(viewer).toEqual({ name: 'Editor', roles: ['READER', 'JOURNALIST', 'EDITOR'], journalist: null });

    const slug = `ada-${randomUUID()}`;
    expect(await account(['revoke', email, 'EDITOR'])).toMatchObject({
      code: 0,
      out: `${email} is READER, JOURNALIST.\n`,
    });
    expect((await account(['grant', email, 'moderator'])).out).toBe(
      `${email} is READER, JOURNALIST, MODERATOR.\n`,
    );
    expect(await account(['byline', email, slug, '--name', 'Ada Example'])).toMatchObject({ code: 0 });
    const { viewer: now } = await app().data(
      '{ viewer { roles journalist { slug name } } }',
      {},
      session.accessToken,
    );
    expect(now).toEqual({
      roles: ['READER', 'JOURNALIST', 'MODERATOR'],
      journalist: { slug, name: 'Ada Example' },
    });
  });

  it('reads a password from standard input only', async () => {
    const email = `${randomUUID()}@example.org`;
    const made = await account(
      ['create', email, '--name', 'Bo Example', '--password-stdin'],
      'my own password\n',
    );
    expect(made).toEqual({ code: 0, out: `Made ${email}.\n`, err: '' });
    expect((await signIn(email, 'my own password')).viewer).toMatchObject({
      name: 'Bo Example',
      roles: ['READER'],
    });
    const short = await account(['create', `x${email}`, '--password-stdin'], 'short');
    expect(short).toEqual({ code: 1, out: '', err: 'A password has 8 to 256 characters.\n' });
  });

  it('makes a link to another password, and no link for a service account or for nobody', async () => {
    const user = await app().signUp();
    const first = await account(['password-link', user.email]);
    const second = await account(['password-link', user.email]);
    expect(await choose(first, 'too late by now')).toEqual({ userErrors: [{ code: 'LINK_INVALID' }] });
    expect(await choose(second, 'a bridge of my own')).toEqual({ userErrors: [] });
    const { errors } = await app().query('{ viewer { id } }', {}, { token: user.token });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await signIn(user.email, 'a bridge of my own')).session).not.toBeNull();
    const admin = `${randomUUID()}@example.org`;
    await account(['create', admin, '--role', 'ADMINISTRATOR', '--password-stdin'], 'a bridge of my own');
    const { session } = await signIn(admin, 'a bridge of my own');
    const { address } = await addServiceAccount(app(), { token: session.accessToken }, { name: 'Bot' });
    expect(await account(['password-link', address])).toEqual({
      code: 1,
      out: '',
      err: 'A service account has no password, but tokens.\n',
    });
    expect(await account(['password-link', `x${admin}`])).toMatchObject({ code: 1, out: '' });
  });

  it('suspends, signs out and erases an account', async () => {
    const user = await app().signUp('Cy Example');
    const { id } = await app().addArticle();
    const write = async () =>
      (await app().addComment(user, { articleId: id })).userErrors.map(({ code }) => code);
    await account(['suspend', user.email]);
    expect(await write()).toEqual(['ACCOUNT_SUSPENDED']);
    await account(['unsuspend', user.email]);
    expect(await write()).toEqual([]);
    await addPasskey(app(), user, new Authenticator(app().url));
    const { secret } = await addToken(app(), user, { scopes: ['READ'] });
    expect((await account(['revoke-tokens', user.email])).out).toBe(
      `${user.email} has no token any more: 1 token(s) revoked.\n`,
    );
    const revoked = await app().query('{ viewer { id } }', {}, { token: secret });
    expect(revoked.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await account(['remove-passkeys', user.email])).out).toBe(
      `${user.email} has no passkey any more: 1 passkey(s) removed.\n`,
    );
    expect((await app().query('{ viewer { id } }', {}, { token: user.token })).status).toBe(401);
    await signIn(user.email, user.password);
    expect((await account(['sign-out', user.email])).out).toBe(
      `${user.email} is signed out, of 1 session(s).\n`,
    );
    const { errors } = await app().query('{ viewer { id } }', {}, { token: user.token });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await signIn(user.email, user.password)).session).not.toBeNull();
    expect((await account(['erase', user.email])).out).toContain('1 comment(s) without a name');
    expect((await signIn(user.email, user.password)).userErrors).toEqual([{ code: 'WRONG_CREDENTIALS' }]);
  });

  it('lists accounts a page at a time', async () => {
    const tag = randomUUID();
    await app().app.db.query(
      `INSERT INTO account (email, name, password_hash, roles)
       SELECT format('zz-%s-%s@example.org', $1::text, n), 'Di', 'x', '{READER,ADMINISTRATOR}' FROM generate_series(1, 3) n`,
      [tag],
    );
    const first = await account(['list', '--role', 'administrator', '--limit', '2', '--after', `zz-${tag}`]);
    expect(first.out.split('\n')).toEqual([
      `zz-${tag}-1@example.org\tREADER ADMINISTRATOR\tDi`,
      `zz-${tag}-2@example.org\tREADER ADMINISTRATOR\tDi`,
      `There are more: --after zz-${tag}-2@example.org`,
      '',
    ]);
    const rest = await account(['list', '--role', 'administrator', '--after', `zz-${tag}-2@example.org`]);
    expect(rest.out).toBe(`zz-${tag}-3@example.org\tREADER ADMINISTRATOR\tDi\n`);
  });

  it('names the error in refused and misused commands', async () => {
    const user = await app().signUp('Ed Example');
    const refused: [string[], string][] = [
      [['create', 'no address'], 'This is not an e-mail address.'],
      [['create', user.email], 'An account with this e-mail address exists.'],
      [['grant', 'nobody@example.org', 'EDITOR'], 'There is no account nobody@example.org.'],
      [['revoke', user.email, 'READER'], 'Every account is a READER: suspend one that shall not write.'],
      [
        ['byline', user.email, 'No Slug'],
        'A slug takes words of a to z and 0 to 9 with single hyphens between them.',
      ],
    ];
    for (const [args, message] of refused)
      expect(await account(args)).toEqual({ code: 1, out: '', err: `${message}\n` });
    const misused: [string[], string][] = [
      [[], 'Which COMMAND?'],
      [['delete', user.email], 'Unknown command: delete'],
      [['grant', user.email, 'KING'], 'Unknown role: KING'],
      [['suspend', user.email, '--role', 'EDITOR'], 'suspend takes no --role.'],
      [['list', '--all'], "Unknown option '--all'"],
    ];
    for (const [args, message] of misused) {
      const { code, out, err } = await account(args);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(message);
      expect(err).toContain('Usage: npm run account');
    }
  });
});
