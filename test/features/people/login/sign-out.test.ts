/**
 * Signing out at another site: led there by this one, and told by it, against a real provider on this machine.
 * @database embedded
 * @seconds 15
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { TestApp } from '../../../support/app.ts';
import { done } from '../../../support/comments.ts';
import { eventually } from '../../../support/eventually.ts';
import { challengeOf, CookieBrowser, issuerSettings, TestIssuer } from '../../../support/issuer.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { LiveClients } from '../../../support/live.ts';

let checkLeaks: () => Promise<void>;
let paper: TestIssuer;
let app: TestApp;

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  paper = await TestIssuer.start();
  app = await TestApp.start(issuerSettings(paper.settings('paper')));
  await paper.open(`${app.url}/sign-in/paper/callback`);
});
afterAll(async () => {
  await app.close();
  await paper.close();
  await checkLeaks();
});

async function signIn(browser = new CookieBrowser()): Promise<{ token: string; refreshToken: string }> {
  const begin = `${app.url}/sign-in/paper?challenge=${challengeOf(browser.secret)}`;
  const { hash } = new URL(await browser.follow(begin, `${app.url}/finish-sign-in#`));
  const code = new URLSearchParams(hash.slice(1)).get('code') ?? '';
  const { finishSignIn } = await app.data(
    `mutation ($input: FinishSignInInput!) { finishSignIn(input: $input) { session { accessToken refreshToken } } }`,
    { input: { code, secret: browser.secret } },
  );
  const { accessToken: token, refreshToken } = finishSignIn.session;
  return { token, refreshToken };
}

const isAlive = async (token: string): Promise<boolean> =>
  (await app.query('{ viewer { id } }', {}, { token })).status === 200;

const addPerson = (): string =>
  paper.add({ email: `${randomUUID()}@example.org`, email_verified: true, name: 'Ida Example' });

const tell = (logoutToken: string, issuer = 'paper'): Promise<Response> =>
  fetch(`${app.url}/sign-in/${issuer}/logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: logoutToken }),
  });

it('a browser is led to the issuer to sign out there, and the issuer ends the session and the open streams of it', async () => {
  addPerson();
  const [browser, other] = [new CookieBrowser(), new CookieBrowser()];
  const { token, refreshToken } = await signIn(browser);
  const elsewhere = await signIn(other);
  const article = await app.addArticle();
  const live = new LiveClients(`${app.url.replace('http', 'ws')}/graphql`);
  const closed: number[] = [];
  const client = live.client({ token, onClosed: (code) => void closed.push(code) });
  const stream = live.events(article.id, undefined, client);
  const writer = await app.signUp();
  await eventually('the stream is open', async () => {
    await done(app, 'addComment', { articleId: article.id, body: 'Hello.' }, writer);
    return stream.events.length > 0;
  });
  const page = new URL(await browser.next(`${app.url}/sign-out/paper`));
  expect(page.href.startsWith(`${paper.url}/session/end?`)).toBe(true);
  expect(Object.fromEntries(page.searchParams)).toEqual({
    client_id: 'standfirst',
    post_logout_redirect_uri: `${app.url}/sign-in`,
  });
  const form = await browser.read(page.href);
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(form) ?? [];
  const back = await browser.next(`${paper.url}/session/end/confirm`, { xsrf, logout: 'yes' });
  expect(back).toBe(`${app.url}/sign-in`);
  await eventually('the stream ends', () => closed.length > 0);
  expect(closed).toEqual([4403]);
  await live.close();
  expect(await isAlive(token)).toBe(false);
  const { refreshSession } = await app.data(
    'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { userErrors { code } } }',
    { input: { refreshToken } },
  );
  expect(refreshSession.userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
  // The session of another browser is another one of the issuer.
  expect(await isAlive(elsewhere.token)).toBe(true);
});

it('a notice of a person ends all sessions by that login, and no other one', async () => {
  const person = addPerson();
  const sessions = [await signIn(), await signIn()];
  addPerson();
  const foreign = await signIn();
  const response = await tell(await paper.logoutToken({ sub: person }));
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
  for (const { token } of sessions) await eventually('it ends', async () => !(await isAlive(token)));
  expect(await isAlive(foreign.token)).toBe(true);
});

it('a notice works once: a session that begins later stays', async () => {
  const sub = addPerson();
  await signIn();
  const notice = await paper.logoutToken({ sub });
  expect((await tell(notice)).status).toBe(200);
  const { token } = await signIn();
  expect((await tell(notice)).status).toBe(400);
  expect(await isAlive(token)).toBe(true);
});

/** Signs in, while a notice comes after the issuer has given the ID token. @returns what the page is told */
async function signInDuring(
  about: (given: { readonly sub: string; readonly sid: string }) => Record<string, unknown>,
): Promise<URLSearchParams> {
  const sub = addPerson();
  let sid = '';
  paper.forge = (claims) => {
    sid = String(claims.sid);
    return claims;
  };
  let release = (): void => undefined;
  const until = new Promise<void>((resolve) => (release = resolve));
  const arrived = new Promise<void>((resolve) => {
    paper.slow = { path: '/me', until, arrived: resolve };
  });
  const browser = new CookieBrowser();
  const begin = `${app.url}/sign-in/paper?challenge=${challengeOf(browser.secret)}`;
  const end = browser.follow(begin, `${app.url}/finish-sign-in#`);
  await arrived;
  paper.slow = undefined;
  const { status } = await tell(await paper.logoutToken({ sub: undefined, ...about({ sub, sid }) }));
  release();
  paper.forge = undefined;
  expect(status).toBe(200);
  return new URLSearchParams(new URL(await end).hash.slice(1));
}

it('a notice ends a sign-in under way of which the ID token was given before', async () => {
  const told = async (...args: Parameters<typeof signInDuring>): Promise<string | null> =>
    (await signInDuring(...args)).get('error');
  expect(await told(({ sub }) => ({ sub }))).toBe('expired');
  expect(await told(({ sid }) => ({ sid }))).toBe('expired');
  expect(await told(({ sub, sid }) => ({ sub, sid }))).toBe('expired');
});

it('a notice of somebody else, or of another session, ends no sign-in under way', async () => {
  const kept = async (...args: Parameters<typeof signInDuring>): Promise<boolean> =>
    (await signInDuring(...args)).has('code');
  expect(await kept(() => ({ sub: 'somebody else' }))).toBe(true);
  expect(await kept(() => ({ sid: 'another session' }))).toBe(true);
});

const now = (): number => Math.floor(Date.now() / 1000);

it.each<[string, () => Record<string, unknown>]>([
  ['a nonce', () => ({ nonce: 'x' })],
  ['no event', () => ({ events: undefined })],
  ['another event', () => ({ events: { 'https://example.org/other': {} } })],
  [
    'an event that is no object',
    () => ({ events: { 'http://schemas.openid.net/event/backchannel-logout': 1 } }),
  ],
  [
    'an event that is null',
    () => ({ events: { 'http://schemas.openid.net/event/backchannel-logout': null } }),
  ],
  [
    'an event that is a list',
    () => ({ events: { 'http://schemas.openid.net/event/backchannel-logout': [] } }),
  ],
  ['neither a person nor a session', () => ({ sub: undefined })],
  ['no id', () => ({ jti: undefined })],
  ['another audience', () => ({ aud: 'another client' })],
  ['two audiences', () => ({ aud: ['standfirst', 'another client'] })],
  ['another issuer', () => ({ iss: 'https://evil.example' })],
  ['a time of long ago', () => ({ iat: now() - 3600 })],
  ['a time far ahead', () => ({ iat: now() + 3600, exp: now() + 7200 })],
  ['no expiry', () => ({ exp: undefined })],
])('a notice with %s is refused, and ends nothing', async (_what, change) => {
  const sub = addPerson();
  const { token } = await signIn();
  expect((await tell(await paper.logoutToken({ sub, ...change() }))).status).toBe(400);
  expect(await isAlive(token)).toBe(true);
});

it('refuses what no issuer has signed, for which nothing is asked, and knows no other issuer', async () => {
  const club = await TestIssuer.start();
  await club.open(`${app.url}/sign-in/club/callback`);
  try {
    const sub = addPerson();
    const { token } = await signIn();
    expect((await tell(await club.logoutToken({ iss: paper.url, sub }))).status).toBe(400);
    const [, claims = ''] = (await paper.logoutToken({ sub })).split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect((await tell(`${head}.${claims}.`)).status).toBe(400);
    for (const text of ['', 'no token', 'x'.repeat(9000)]) expect((await tell(text)).status).toBe(400);
    expect((await tell('x'.repeat(20_000))).status).toBe(413);
    expect((await tell(await paper.logoutToken({ sub }), 'none')).status).toBe(404);
    expect(await isAlive(token)).toBe(true);
  } finally {
    await club.close();
  }
});
