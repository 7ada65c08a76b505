/**
 * How far another site's word goes: which addresses it may assert, and what the accounts of staff get by it.
 * @database embedded
 * @seconds 15
 */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { selectChangedViewers } from '../../../../src/features/people/account/account.queries.ts';
import { TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { addPasskey, Authenticator, passkeys, setProven } from '../../../support/authenticator.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { addToken } from '../../../support/tokens.ts';

const secret = 'a secret that only the host sites and this test know';
const siteOf = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  name: `The ${id}`,
  issuer: `https://${id}.example.org`,
  audience: 'comments',
  algorithm: 'HS256',
  secret,
  ...more,
});
const domains = ['example.org'];
const sites = [
  siteOf('anywhere'),
  siteOf('home', { domains }),
  siteOf('all', { domains: ['*'] }),
  siteOf('desk', { domains, linksStaff: true }),
  siteOf('mute', { domains, mayAssertEmail: false }),
  siteOf('club', { domains, roles: { claim: 'groups', values: { mods: 'MODERATOR', pens: 'JOURNALIST' } } }),
];
const settingsOf = (list: readonly unknown[]) => ({
  ...noMailWork,
  SIGN_IN_LINKS: 'true',
  HOST_TOKEN_ISSUERS: JSON.stringify(list),
});

const newEmail = (domain = 'example.org'): string => `${randomUUID()}@${domain}`;

describe('the word of another site', () => {
  const service = useApp(settingsOf(sites), { mailTransport: noTransport });
  let app: TestApp;

  beforeEach(() => {
    app = service();
  });

  async function signInBy(site: string, claims: Record<string, unknown>, at = app): Promise<any> {
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({
      email_verified: true,
      name: 'Host Example',
      sub: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(`https://${site}.example.org`)
      .setAudience('comments')
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .setJti(randomUUID())
      .sign(Buffer.from(secret));
    const { signInWithToken } = await at.data(
      `mutation ($input: SignInWithTokenInput!) { signInWithToken(input: $input) {
        session { accessToken } viewer { id email } userErrors { code } } }`,
      { input: { token } },
    );
    return signInWithToken;
  }

  const codes = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
    userErrors.map(({ code }) => code);

  const tokenOf = ({ session }: { session: { accessToken: string } }): string => session.accessToken;

  const mayModerate = async (token: string, at = app): Promise<boolean> =>
    (await at.query('{ heldComments { totalCount } }', {}, { token })).errors === undefined;

  const mustSignInOtherwise = async (token: string): Promise<boolean> =>
    (await app.data('{ viewer { mustSignInOtherwise } }', {}, token)).viewer.mustSignInOtherwise;

  const grant = (email: string, ...roles: string[]) =>
    app.app.db.query('UPDATE account SET roles = $2 WHERE email = $1', [email, ['READER', ...roles]]);

  async function signInByPassword({ email, password }: TestUser): Promise<string> {
    const { signIn } = await app.data(
      'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }',
      { input: { email, password } },
    );
    return tokenOf(signIn);
  }

  describe('about an address', () => {
    it('opens an account, and without domains in the settings links to none that exists, confirmed or not', async () => {
      const email = newEmail();
      const sub = randomUUID();
      const opened = await signInBy('anywhere', { sub, email });
      expect(opened.viewer.email).toBe(email);
      expect((await signInBy('anywhere', { sub })).viewer.id).toBe(opened.viewer.id);
      const user = await app.signUp();
      expect(codes(await signInBy('anywhere', { email: user.email }))).toEqual(['LOGIN_NOT_LINKED']);
      await app.app.db.query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [user.accountId]);
      expect(codes(await signInBy('anywhere', { email: user.email }))).toEqual(['LOGIN_NOT_LINKED']);
      expect((await app.query('{ viewer { id } }', {}, { token: user.token })).status).toBe(200);
    });

    it.each(['evil-example.org', 'sub.example.org', 'example.org.evil.example', 'org', 'evil.example'])(
      'does not count where the settings leave its domain out: %s',
      async (domain) => {
        expect(codes(await signInBy('home', { email: newEmail(domain) }))).toEqual(['LOGIN_UNVERIFIED']);
      },
    );

    it('does not count behind a second @, a line or another script, and counts in capitals', async () => {
      for (const email of [
        `${randomUUID()}@example.org@evil.example`,
        `"${randomUUID()}@example.org"@evil.example`,
        `${randomUUID()}@evil.example\n@example.org`,
        `${randomUUID()}@ex\u0430mple.org`,
        `${randomUUID()}@example.org\u0000`,
      ])
        expect(codes(await signInBy('home', { email }))).toEqual(['LOGIN_UNVERIFIED']);
      const user = await app.signUp();
      expect((await signInBy('home', { email: user.email.toUpperCase() })).viewer.id).toBe(user.viewerId);
    });

    it('counts for every domain where the settings say so, and for none where it may assert none', async () => {
      expect(codes(await signInBy('all', { email: newEmail('elsewhere.example') }))).toEqual([]);
      expect(codes(await signInBy('mute', { email: newEmail() }))).toEqual(['LOGIN_UNVERIFIED']);
    });
  });

  describe('about staff', () => {
    it.each(['MODERATOR', 'EDITOR', 'ADMINISTRATOR'] as const)(
      'links to no %s, except of a site that the settings trust with staff',
      async (role) => {
        const { email, viewerId } = await app.signUp('Mo Example', role);
        expect(codes(await signInBy('home', { email }))).toEqual(['LOGIN_NOT_LINKED']);
        expect(codes(await signInBy('all', { email }))).toEqual(['LOGIN_NOT_LINKED']);
        const linked = await signInBy('desk', { email });
        expect(linked.viewer.id).toBe(viewerId);
        expect(await mustSignInOtherwise(tokenOf(linked))).toBe(false);
        expect(await mayModerate(tokenOf(linked))).toBe(true);
      },
    );

    it('brings no rights that the account has got since it was linked, in sessions of before and after', async () => {
      const user = await app.signUp();
      const claims = { sub: randomUUID(), email: user.email };
      const before = await signInBy('home', claims);
      await grant(user.email, 'MODERATOR');
      const after = await signInBy('home', claims);
      expect(after.viewer.id).toBe(user.viewerId);
      expect(await mustSignInOtherwise(tokenOf(after))).toBe(true);
      for (const { session } of [before, after]) expect(await mayModerate(session.accessToken)).toBe(false);
      expect(await mayModerate(await signInByPassword(user))).toBe(true);
    });

    it('brings none by a passkey or a token that a session has made beforehand', async () => {
      const email = newEmail();
      const { session } = await signInBy('home', { email });
      const own = { token: session.accessToken };
      const device = new Authenticator(app.url);
      await setProven(app, own.token, new Date());
      const { options } = await passkeys(app, 'beginAddPasskey', undefined, own.token);
      const { response, credential } = device.create(options);
      expect(codes(await passkeys(app, 'addPasskey', { response, name: 'A device' }, own.token))).toEqual([]);
      const made = await addToken(app, own, { scopes: ['READ', 'MODERATE'] });
      await grant(email, 'MODERATOR');
      const asked = await passkeys(app, 'beginPasskeySignIn');
      const signedIn = await passkeys(app, 'finishPasskeySignIn', {
        response: device.sign(asked.options, credential),
      });
      expect(await mayModerate(tokenOf(signedIn))).toBe(false);
      expect(await mayModerate(made.secret)).toBe(false);
    });

    it('is no proof by which the passkeys of staff are added or removed', async () => {
      const claims = { sub: randomUUID(), email: newEmail() };
      const { session } = await signInBy('home', claims);
      const device = new Authenticator(app.url);
      await setProven(app, session.accessToken, new Date());
      const { id: passkeyId } = await addPasskey(app, { token: session.accessToken }, device);
      await grant(claims.email, 'MODERATOR');
      const later = tokenOf(await signInBy('home', claims));
      await setProven(app, later, new Date());
      for (const token of [session.accessToken, later]) {
        expect(codes(await passkeys(app, 'removePasskey', { passkeyId }, token))).toEqual(['PROOF_REQUIRED']);
        expect(codes(await passkeys(app, 'beginAddPasskey', undefined, token))).toEqual(['PROOF_REQUIRED']);
      }
    });

    it('is none for anybody with a password, and none at all by the token of a host site', async () => {
      const user = await app.signUp();
      const token = tokenOf(await signInBy('home', { email: user.email }));
      await setProven(app, token, new Date());
      expect(codes(await passkeys(app, 'beginAddPasskey', undefined, token))).toEqual(['PROOF_REQUIRED']);
      const { password } = user;
      expect(codes(await passkeys(app, 'proveByPassword', { password }, token))).toEqual([]);
      expect(codes(await passkeys(app, 'beginAddPasskey', undefined, token))).toEqual([]);
      const opened = tokenOf(await signInBy('home', { email: newEmail() }));
      expect(codes(await passkeys(app, 'beginAddPasskey', undefined, opened))).toEqual(['PROOF_REQUIRED']);
    });

    it('brings them again in a session that proves a passkey of the holder’s own', async () => {
      const user = await app.signUp();
      const device = new Authenticator(app.url);
      const credential = await addPasskey(app, user, device);
      const { session } = await signInBy('home', { email: user.email });
      await grant(user.email, 'MODERATOR');
      expect(await mayModerate(session.accessToken)).toBe(false);
      const { options } = await passkeys(app, 'beginPasskeyProof', undefined, session.accessToken);
      const response = device.sign(options, credential);
      expect(codes(await passkeys(app, 'proveByPasskey', { response }, session.accessToken))).toEqual([]);
      expect(await mayModerate(session.accessToken)).toBe(true);
    });

    it('ends with the setting, in sessions and tokens that rest on it', async () => {
      const user = await app.signUp('Mo Example', 'MODERATOR');
      const { session } = await signInBy('desk', { email: user.email });
      await app.app.db.query(`UPDATE account SET password_hash = '!' WHERE id = $1`, [user.accountId]);
      await setProven(app, session.accessToken, new Date());
      const made = await addToken(
        app,
        { token: session.accessToken },
        {
          scopes: ['READ', 'MODERATE'],
        },
      );
      const changed = sites.map((site) => ({ ...site, linksStaff: false }));
      for (const list of [changed, []]) {
        const other = await TestApp.start(settingsOf(list), {
          database: app.database,
          mailTransport: noTransport,
        });
        try {
          for (const token of [session.accessToken, made.secret])
            expect(await mayModerate(token, other)).toBe(false);
        } finally {
          await other.close();
        }
      }
      for (const token of [session.accessToken, made.secret]) expect(await mayModerate(token)).toBe(true);
    });

    it('brings the roles that its claims may give, and no other one', async () => {
      const email = newEmail();
      const claims = { sub: randomUUID(), email, groups: ['mods'] };
      const { session } = await signInBy('club', claims);
      expect(await mayModerate(session.accessToken)).toBe(true);
      await grant(email, 'MODERATOR', 'ADMINISTRATOR');
      const again = await signInBy('club', claims);
      expect(await mustSignInOtherwise(tokenOf(again))).toBe(true);
      expect(await mayModerate(tokenOf(again))).toBe(true);
      const { errors } = await app.query('{ serviceAccounts { id } }', {}, { token: tokenOf(again) });
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    });

    it('changes nothing of a connection whose account gets such a role', async () => {
      const email = newEmail();
      const { session } = await signInBy('home', { email });
      await grant(email, 'MODERATOR');
      const [known] = await app.app.db.query<{ accountId: string; sessionId: string }>(
        `SELECT account_id::text AS "accountId", id AS "sessionId" FROM session
         WHERE account_id = (SELECT id FROM account WHERE email = $1)`,
        [email],
      );
      if (!known) throw new Error('There is no session');
      const rules = { mustConfirm: false, staffSecondFactor: false, issuerRoles: [] };
      const stays = await selectChangedViewers(app.app.db, [{ ...known, rights: 'READER' }], rules);
      expect(stays.size).toBe(0);
      const given = { ...rules, issuerRoles: ['https://home.example.org MODERATOR'] };
      const gains = await selectChangedViewers(app.app.db, [{ ...known, rights: 'READER' }], given);
      expect(gains.get(known.sessionId)?.roles).toEqual(['READER', 'MODERATOR']);
      expect(await mayModerate(session.accessToken)).toBe(false);
    });
  });

  describe('beside a session by a mailed link', () => {
    async function signInByMail(email: string): Promise<string> {
      await app.data(
        'mutation ($input: RequestSignInLinkInput!) { requestSignInLink(input: $input) { expiresAt } }',
        { input: { email } },
      );
      const [mail] = await app.app.db.query<{ text: string }>(
        `SELECT text FROM mail WHERE recipient = $1 AND kind = 'SIGN_IN_LINK'`,
        [email],
      );
      const { signInWithLink } = await app.data(
        'mutation ($input: SignInWithLinkInput!) { signInWithLink(input: $input) { session { accessToken } } }',
        { input: { token: /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1] } },
      );
      return tokenOf(signInWithLink);
    }

    const mayWriteArticles = async (token: string): Promise<boolean> => {
      const create =
        'mutation { createArticle(input: { title: "A title", body: "A text." }) { article { id } } }';
      return (await app.data(create, {}, token)).createArticle.article !== null;
    };

    it.each([
      { role: 'MODERATOR', group: 'mods', may: mayModerate },
      { role: 'JOURNALIST', group: 'pens', may: mayWriteArticles },
    ])('gives it no role that comes later, nor to its tokens: $role', async ({ group, may }) => {
      const claims = { sub: randomUUID(), email: newEmail() };
      await signInBy('club', claims);
      const byMail = await signInByMail(claims.email);
      const made = await addToken(app, { token: byMail }, { scopes: ['READ', 'MODERATE', 'PUBLISH'] });
      expect(await mustSignInOtherwise(byMail)).toBe(false);
      const bySite = await signInBy('club', { ...claims, groups: [group] });
      expect(await may(tokenOf(bySite))).toBe(true);
      for (const token of [byMail, made.secret]) expect(await may(token)).toBe(false);
      expect(await mustSignInOtherwise(byMail)).toBe(true);
      expect(codes(await passkeys(app, 'beginAddPasskey', undefined, byMail))).toEqual(['PROOF_REQUIRED']);
    });

    it('leaves its reader every way to add something of their own, by which the role counts', async () => {
      const claims = { sub: randomUUID(), email: newEmail() };
      await signInBy('club', claims);
      const token = await signInByMail(claims.email);
      const device = new Authenticator(app.url);
      const credential = await addPasskey(app, { token }, device);
      const { changeEmail } = await app.data(
        'mutation ($input: ChangeEmailInput!) { changeEmail(input: $input) { userErrors { code } } }',
        { input: { email: newEmail() } },
        token,
      );
      expect(codes(changeEmail)).toEqual([]);
      await signInBy('club', { ...claims, groups: ['mods'] });
      const { options } = await passkeys(app, 'beginPasskeyProof', undefined, token);
      const response = device.sign(options, credential);
      expect(codes(await passkeys(app, 'proveByPasskey', { response }, token))).toEqual([]);
      expect(await mayModerate(token)).toBe(true);
    });
  });
});
