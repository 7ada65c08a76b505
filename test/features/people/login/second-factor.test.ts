/**
 * Staff who have their role by another site's claim, where staff have to prove a second factor.
 * @database embedded
 * @seconds 10
 */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type TestApp, useApp } from '../../../support/app.ts';
import { addPasskey, Authenticator, passkeys, setProven } from '../../../support/authenticator.ts';
import { eventually } from '../../../support/eventually.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { requestToken } from '../../../support/tokens.ts';

const secret = 'a secret that only the host site and this test know';
const host = {
  id: 'host',
  name: 'The host',
  issuer: 'https://host.example.org',
  audience: 'comments',
  algorithm: 'HS256',
  secret,
  domains: ['example.org'],
  roles: { claim: 'roles', values: { mods: 'MODERATOR' } },
};
const password = 'owner horse battery staple';

describe('where staff have to prove a second factor', () => {
  const service = useApp(
    { ...noMailWork, STAFF_SECOND_FACTOR: 'true', HOST_TOKEN_ISSUERS: JSON.stringify([host]) },
    { mailTransport: noTransport },
  );
  let app: TestApp;
  let device: Authenticator;

  beforeEach(() => {
    app = service();
    device = new Authenticator(app.url);
  });

  async function signInByHost(claims: { sub: string; email: string }): Promise<any> {
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({
      email_verified: true,
      name: 'Host Example',
      roles: ['mods'],
      ...claims,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(host.issuer)
      .setAudience(host.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .setJti(randomUUID())
      .sign(Buffer.from(secret));
    const { signInWithToken } = await app.data(
      `mutation ($input: SignInWithTokenInput!) { signInWithToken(input: $input) {
        session { accessToken } viewer { roles linkedLogins { id } } userErrors { code } } }`,
      { input: { token } },
    );
    return signInWithToken;
  }

  /** A new password by the mailbox alone. */
  async function reset(email: string, next: string): Promise<any> {
    await app.data(
      'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresAt } }',
      { input: { email } },
    );
    const [mail] = await app.app.db.query<{ text: string }>(
      `SELECT text FROM mail WHERE recipient = $1 AND kind = 'PASSWORD_RESET' ORDER BY created_at DESC LIMIT 1`,
      [email],
    );
    return passkeys(app, 'resetPassword', {
      token: /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1],
      password: next,
    });
  }

  /** A moderator by claim, with a password and a passkey. */
  async function addModerator() {
    const claims = { sub: randomUUID(), email: `${randomUUID()}@example.org` };
    await signInByHost(claims);
    // Without a second factor, a reset of staff keeps the role and begins a session without its rights.
    const { session } = await reset(claims.email, password);
    await addPasskey(app, { token: session.accessToken }, device);
    return claims;
  }

  const mayModerate = async (token: string) =>
    (await app.query('{ heldComments { totalCount } }', {}, { token })).errors === undefined;

  it('a mailbox takes no right of theirs: a reset keeps the login that gives the role, and begins no session', async () => {
    const claims = await addModerator();
    const taken = await reset(claims.email, 'another horse battery staple');
    expect(taken.session).toBeNull();
    expect(taken.secondStep).not.toBeNull();
    const { viewer } = await signInByHost(claims);
    expect(viewer).toMatchObject({ roles: ['READER', 'MODERATOR'], linkedLogins: [{}] });
  });

  it('a session with one factor does not end the login that makes it one of staff, nor adds a passkey', async () => {
    const { session, viewer } = await signInByHost(await addModerator());
    const token = session.accessToken;
    const unlink = () =>
      app.query(
        'mutation ($input: UnlinkLoginInput!) { unlinkLogin(input: $input) { userErrors { code } } }',
        { input: { loginId: viewer.linkedLogins[0].id } },
        { token },
      );
    for (const provenAt of [null, new Date()]) {
      await setProven(app, token, provenAt);
      expect((await unlink()).errors?.[0]?.extensions.code).toBe('PROOF_REQUIRED');
      const refused = await passkeys(app, 'beginAddPasskey', undefined, token);
      expect(refused.userErrors).toEqual([{ code: 'PROOF_REQUIRED' }]);
    }
    const proven = await passkeys(app, 'proveByPassword', { password }, token);
    expect(proven.userErrors).toMatchObject([{ code: 'SECOND_FACTOR_REQUIRED' }]);
  });

  it('a session that counts as proven adds the first passkey, which is the second factor', async () => {
    const claims = { sub: randomUUID(), email: `${randomUUID()}@example.org` };
    const first = (await signInByHost(claims)).session.accessToken;
    expect(await mayModerate(first)).toBe(false);
    await setProven(app, first, new Date());
    await addPasskey(app, { token: first }, device);
    expect(await mayModerate(first)).toBe(true);
    expect(await mayModerate((await signInByHost(claims)).session.accessToken)).toBe(false);
  });

  it('a session forgets its second factor with the last passkey', async () => {
    const user = await app.signUp();
    const { id } = await addPasskey(app, user, device);
    await passkeys(app, 'removePasskey', { passkeyId: id }, user.token);
    await app.app.db.query(`UPDATE account SET roles = '{READER,MODERATOR}' WHERE id = $1`, [user.accountId]);
    expect(await mayModerate(user.token)).toBe(false);
  });

  it('a token is not made by a request whose session has ended while it waited', async () => {
    const user = await app.signUp();
    const made = await app.app.db.transaction(async (tx) => {
      await tx.query('SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE', [user.accountId]);
      const asked = requestToken(app, user, { scopes: ['READ'] }).catch((error: unknown) => String(error));
      await eventually('the request waits', async () => {
        const waiting = await app.app.db.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await tx.query('UPDATE session SET revoked_at = now() WHERE account_id = $1', [user.accountId]);
      return { asked };
    });
    expect(await made.asked).toContain('UNAUTHENTICATED');
    expect(await app.app.db.query('SELECT FROM token WHERE account_id = $1', [user.accountId])).toEqual([]);
  });
});
