/**
 * Which account another site's login opens: by address only what both sides have confirmed, and what the account's owner
 * links and ends.
 * @database embedded
 * @seconds 12
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { erasuresOf } from '../../../../src/platform/feature/gather.ts';
import { features } from '../../../../src/app/features.ts';
import { parseConfig } from '../../../../src/platform/config/config.ts';
import { ErasureService } from '../../../../src/features/people/erasure/erasure.service.ts';
import { personalDocument } from '../../../../src/features/people/erasure/personal-data.ts';
import { EventLog } from '../../../../src/platform/events/log.ts';
import { erasureBegun } from '../../../../src/features/people/account/account.queries.ts';
import { TestApp, type TestUser } from '../../../support/app.ts';
import { addPasskey, Authenticator, setProven } from '../../../support/authenticator.ts';
import { challengeOf, CookieBrowser, issuerSettings, TestIssuer } from '../../../support/issuer.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';
import { logAbout } from '../../../support/persons.ts';
import { addToken } from '../../../support/tokens.ts';

const clock = new PinnedClock();
const hostSecret = 'a secret that only the host site and this test know';
const host = {
  id: 'host',
  name: 'The host',
  issuer: 'https://host.example.org',
  audience: 'comments',
  algorithm: 'HS256',
  secret: hostSecret,
  domains: ['example.org'],
  roles: { claim: 'desk.roles', values: { mods: 'MODERATOR' } },
};
let checkLeaks: () => Promise<void>;
let paper: TestIssuer;
let app: TestApp;

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  paper = await TestIssuer.start();
  app = await TestApp.start(
    { ...noMailWork, ...issuerSettings(paper.settings('paper')), HOST_TOKEN_ISSUERS: JSON.stringify([host]) },
    { clock, mailTransport: noTransport },
  );
  await paper.open(`${app.url}/sign-in/paper/callback`);
});
afterAll(async () => {
  await app.close();
  await paper.close();
  await checkLeaks();
});
beforeEach(() => clock.set(new Date()));

const password = 'correct horse battery';
const newEmail = (): string => `${randomUUID()}@example.org`;
const viewerFields = `id name email roles isEmailConfirmed hasPassword linkedLogins { id name }`;

async function send(name: string, input: object, token?: string): Promise<any> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const isSession = /^(sign|finish|confirmS|reset)/.test(name);
  const document = `mutation ($input: ${type}) { ${name}(input: $input) {
    ${isSession ? 'session { accessToken }' : ''} viewer { ${viewerFields} } userErrors { code message } } }`;
  return (await app.data(document, { input }, token))[name];
}

const codes = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
  userErrors.map(({ code }) => code);

/** Signs in by the host site's token. */
async function signInByHost(claims: { sub: string } & Record<string, unknown>): Promise<any> {
  const seconds = Math.floor(clock.now().getTime() / 1000);
  const token = await new SignJWT({ email_verified: true, name: 'Host Example', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(host.issuer)
    .setAudience(host.audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 60)
    .setJti(randomUUID())
    .sign(Buffer.from(hostSecret));
  return send('signInWithToken', { token });
}

/** Goes to the issuer and back, as its last person. */
async function goToPaper(): Promise<{ code: string; secret: string }> {
  const browser = new CookieBrowser();
  const begin = `${app.url}/sign-in/paper?challenge=${challengeOf(browser.secret)}`;
  const { hash } = new URL(await browser.follow(begin, `${app.url}/finish-sign-in#`));
  return { code: new URLSearchParams(hash.slice(1)).get('code') ?? '', secret: browser.secret };
}

const isAlive = async (token: string): Promise<boolean> =>
  (await app.query('{ viewer { id } }', {}, { token })).status === 200;

const mailsTo = async (email: string): Promise<string[]> => {
  const rows = await app.app.db.query<{ kind: string }>(
    'SELECT kind FROM mail WHERE recipient = $1 ORDER BY created_at',
    [email],
  );
  return rows.map(({ kind }) => kind);
};

const unprove = ({ accountId }: TestUser) =>
  app.app.db.query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [accountId]);

describe('by address', () => {
  it('a login is linked to the account whose address both sides have confirmed, and its owner is told', async () => {
    const user = await app.signUp('Ada Example');
    const { viewer } = await signInByHost({ sub: randomUUID(), email: user.email });
    expect(viewer).toMatchObject({ id: user.viewerId, name: 'Ada Example', hasPassword: true });
    expect(await mailsTo(user.email)).toEqual(['LOGIN_LINKED']);
    expect(await isAlive(user.token)).toBe(true);
  });

  it('an account whose address nobody has confirmed is replaced, with all that might open it', async () => {
    const attacker = await app.signUp('Eve Example');
    const { secret } = await addToken(app, attacker, { scopes: ['READ'] });
    await addPasskey(app, attacker, new Authenticator(app.url));
    paper.add({ email: newEmail(), email_verified: true });
    expect(codes(await send('linkLogin', await goToPaper(), attacker.token))).toEqual([]);
    await unprove(attacker);
    const { viewer } = await signInByHost({ sub: randomUUID(), email: attacker.email });
    expect(viewer).toMatchObject({
      id: attacker.viewerId,
      name: 'Host Example',
      isEmailConfirmed: true,
      hasPassword: false,
      linkedLogins: [{ name: 'The host' }],
    });
    expect(await app.app.db.query('SELECT FROM passkey WHERE account_id = $1', [attacker.accountId])).toEqual(
      [],
    );
    expect(await isAlive(attacker.token)).toBe(false);
    expect(await isAlive(secret)).toBe(false);
    expect(codes(await send('signIn', { email: attacker.email, password }))).toEqual(['WRONG_CREDENTIALS']);
    // The login that the attacker has linked opens an account of its own.
    const again = await send('finishSignIn', await goToPaper());
    expect(again.viewer.id).not.toBe(attacker.viewerId);
  });

  it('whoever proves an address otherwise ends the logins that others have linked, and their roles', async () => {
    const owner = newEmail();
    const [person, desk] = [randomUUID(), { roles: ['mods'] }];
    const opened = await signInByHost({ sub: person, email: owner, desk });
    expect(opened.viewer.roles).toEqual(['READER', 'MODERATOR']);
    await app.data(
      `mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresAt } }`,
      { input: { email: owner } },
    );
    const [mail] = await app.app.db.query<{ text: string }>(
      `SELECT text FROM mail WHERE recipient = $1 AND kind = 'PASSWORD_RESET'`,
      [owner],
    );
    const token = /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1];
    const { viewer } = await send('resetPassword', { token, password });
    expect(viewer).toMatchObject({ hasPassword: true, linkedLogins: [], roles: ['READER'] });
    expect(await isAlive(opened.session.accessToken)).toBe(false);
    // The same person comes back by the address, which is confirmed on both sides.
    expect((await signInByHost({ sub: person, email: owner })).viewer.id).toBe(viewer.id);
  });

  it('a sign-up and another site’s login at once open one account', async () => {
    const email = newEmail();
    const begun = await app.data(
      `mutation ($input: SignUpInput!) { signUp(input: $input) { confirmation { secret } } }`,
      { input: { email, password, name: 'Ada Example' } },
    );
    const [mail] = await app.app.db.query<{ text: string }>('SELECT text FROM mail WHERE recipient = $1', [
      email,
    ]);
    const token = /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1];
    const proof = { token, secret: begun.signUp.confirmation.secret };
    const answers = await Promise.all([
      send('confirmSignUp', proof),
      ...Array.from({ length: 3 }, () => signInByHost({ sub: randomUUID(), email })),
    ]);
    const opened = new Set(answers.flatMap(({ viewer }) => (viewer ? [viewer.id] : [])));
    expect(opened.size).toBe(1);
    // Whoever came second with a link of before is refused, and opens nothing.
    expect([[], ['LINK_INVALID']]).toContainEqual(codes(answers[0]));
    expect(answers.slice(1).flatMap(codes)).toEqual([]);
  });

  it('two persons with one address have one account, and one person never two', async () => {
    const email = newEmail();
    const sub = randomUUID();
    const first = await Promise.all([signInByHost({ sub, email }), signInByHost({ sub, email: newEmail() })]);
    expect(new Set(first.map(({ viewer }) => viewer.id)).size).toBe(1);
  });

  it('an account has 20 logins at most, however they come', async () => {
    const { email, accountId } = await app.signUp();
    await app.app.db.query(
      `INSERT INTO login (account_id, issuer, subject, roles, created_at, used_at)
       SELECT $1::bigint, 'https://former.example.org', 'person ' || n, '{}', now(), now() FROM generate_series(1, 20) AS n`,
      [accountId],
    );
    expect(codes(await signInByHost({ sub: randomUUID(), email }))).toEqual(['LIMIT_REACHED']);
  });
});

describe('an account whose erasure has begun', () => {
  it('gets neither a login nor a session, by its address or by a login that it has', async () => {
    const begun = (accountId: string) =>
      app.app.db.query(`UPDATE account SET erase_at = ${erasureBegun} WHERE id = $1`, [accountId]);
    const user = await app.signUp();
    await begun(user.accountId);
    paper.add({ email: user.email, email_verified: true });
    expect(await send('finishSignIn', await goToPaper())).toMatchObject({
      session: null,
      userErrors: [{ code: 'LOGIN_EXPIRED' }],
    });
    expect(await app.app.db.query('SELECT FROM login WHERE account_id = $1', [user.accountId])).toEqual([]);

    const linked = await app.signUp();
    paper.add({ email: linked.email, email_verified: true });
    expect(codes(await send('finishSignIn', await goToPaper()))).toEqual([]);
    await begun(linked.accountId);
    expect(await send('finishSignIn', await goToPaper())).toMatchObject({
      session: null,
      userErrors: [{ code: 'WRONG_CREDENTIALS' }],
    });
  });
});

describe('the owner of an account', () => {
  it('links a login after a proof, and ends it', async () => {
    const user = await app.signUp();
    paper.add({ email: newEmail(), email_verified: true });
    const signIn = await goToPaper();
    const foreign = { ...signIn, secret: 'of another page' };
    expect(codes(await send('linkLogin', foreign, user.token))).toEqual(['LOGIN_EXPIRED']);
    const linked = await send('linkLogin', signIn, user.token);
    expect(linked.viewer.linkedLogins).toMatchObject([{ name: 'The paper' }]);
    expect(await mailsTo(user.email)).toEqual(['LOGIN_LINKED']);
    expect((await send('finishSignIn', await goToPaper())).viewer.id).toBe(user.viewerId);

    const other = await app.signUp();
    expect(codes(await send('linkLogin', await goToPaper(), other.token))).toEqual(['LOGIN_TAKEN']);
    const [{ id: loginId }] = linked.viewer.linkedLogins;
    expect(codes(await send('unlinkLogin', { loginId }, other.token))).toEqual(['NOT_FOUND']);
    expect((await send('unlinkLogin', { loginId }, user.token)).viewer.linkedLogins).toEqual([]);
    expect((await send('finishSignIn', await goToPaper())).viewer.id).not.toBe(user.viewerId);
  });

  it('of staff links a login by their own act alone, and it brings their rights', async () => {
    const mayModerate = async ({ session }: any): Promise<boolean> =>
      (await app.query('{ heldComments { totalCount } }', {}, { token: session.accessToken })).errors ===
      undefined;
    const user = await app.signUp('Mo Example', 'MODERATOR');
    paper.add({ email: user.email, email_verified: true });
    expect(codes(await send('finishSignIn', await goToPaper()))).toEqual(['LOGIN_NOT_LINKED']);
    expect(codes(await send('linkLogin', await goToPaper(), user.token))).toEqual([]);
    expect(await mayModerate(await send('finishSignIn', await goToPaper()))).toBe(true);

    // One that was linked by its address is linked anew.
    const reader = await app.signUp();
    paper.add({ email: reader.email, email_verified: true });
    await send('finishSignIn', await goToPaper());
    await app.app.db.query(`UPDATE account SET roles = '{READER,MODERATOR}' WHERE id = $1`, [
      reader.accountId,
    ]);
    expect(await mayModerate(await send('finishSignIn', await goToPaper()))).toBe(false);
    expect(codes(await send('linkLogin', await goToPaper(), reader.token))).toEqual([]);
    expect(await mayModerate(await send('finishSignIn', await goToPaper()))).toBe(true);
  });

  it('has no rights of staff by a login that a session of another site’s word has linked', async () => {
    const email = newEmail();
    const { session } = await signInByHost({ sub: randomUUID(), email });
    await setProven(app, session.accessToken, clock.now());
    paper.add({ email: newEmail(), email_verified: true });
    expect(codes(await send('linkLogin', await goToPaper(), session.accessToken))).toEqual([]);
    await app.app.db.query(`UPDATE account SET roles = '{READER,EDITOR}' WHERE email = $1`, [email]);
    const { session: later } = await send('finishSignIn', await goToPaper());
    const { errors } = await app.query('{ heldComments { totalCount } }', {}, { token: later.accessToken });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('keeps one way to sign in', async () => {
    const { session, viewer } = await signInByHost({ sub: randomUUID(), email: newEmail() });
    const [{ id: loginId }] = viewer.linkedLogins;
    const token = session.accessToken;
    await setProven(app, token, clock.now());
    expect(codes(await send('unlinkLogin', { loginId }, token))).toEqual(['LAST_LOGIN']);
    paper.add({ email: newEmail(), email_verified: true });
    expect(codes(await send('linkLogin', await goToPaper(), token))).toEqual([]);
    expect(codes(await send('unlinkLogin', { loginId }, token))).toEqual([]);
  });

  it('loses a role with the login that gave it, and no other one', async () => {
    const user = await app.signUp('Ada Example', 'JOURNALIST');
    const { viewer } = await signInByHost({
      sub: randomUUID(),
      email: user.email,
      desk: { roles: ['mods', 'ADMINISTRATOR'] },
    });
    expect(viewer.roles).toEqual(['READER', 'JOURNALIST', 'MODERATOR']);
    const [{ id: loginId }] = viewer.linkedLogins;
    expect((await send('unlinkLogin', { loginId }, user.token)).viewer.roles).toEqual([
      'READER',
      'JOURNALIST',
    ]);
    const role = { actor: 'SYSTEM', detail: { role: 'MODERATOR' } };
    expect((await logAbout(app, user.accountId)).filter(({ kind }) => kind.startsWith('ROLE_'))).toEqual([
      { kind: 'ROLE_GRANTED', ...role },
      { kind: 'ROLE_REVOKED', ...role },
    ]);
  });

  it('stays suspended, whatever login it signs in by', async () => {
    const claims = { sub: randomUUID(), email: newEmail() };
    await signInByHost(claims);
    await app.app.db.query('UPDATE account SET suspended_at = now() WHERE email = $1', [claims.email]);
    const { session } = await signInByHost(claims);
    const { id: articleId } = await app.addArticle();
    const { addComment } = await app.data(
      `mutation ($input: AddCommentInput!) { addComment(input: $input) { userErrors { code } } }`,
      { input: { articleId, body: 'No.' } },
      session.accessToken,
    );
    expect(codes(addComment)).toEqual(['ACCOUNT_SUSPENDED']);
  });

  it('gets its logins with its data, and nothing of them is left after an erasure', async () => {
    const claims = { sub: randomUUID(), email: newEmail() };
    const { viewer } = await signInByHost(claims);
    const accountId = Buffer.from(viewer.id, 'base64url').toString().split(':')[1] ?? '';
    let text = '';
    const kinds = features.flatMap(({ personalData }) => personalData);
    for await (const piece of personalDocument(kinds, app.app.db, accountId)) text += piece;
    expect(JSON.parse(text).logins).toMatchObject([{ issuer: host.issuer, subject: claims.sub }]);

    paper.add({ email: claims.email, email_verified: true });
    await goToPaper();
    const erasures = new ErasureService({
      db: app.app.db,
      log: new EventLog(app.app.bus),
      erasures: erasuresOf(features, parseConfig({})),
    });
    await erasures.erase(claims.email);
    const left = await app.app.db.query(
      `SELECT 1 FROM login WHERE subject = $1 UNION ALL SELECT 1 FROM pending_login WHERE email = $2`,
      [claims.sub, claims.email],
    );
    expect(left).toEqual([]);
    // Whoever comes back is somebody new.
    expect((await signInByHost(claims)).viewer.id).not.toBe(viewer.id);
  });
});
