/**
 * Signing in by OpenID Connect, against a real provider on this machine: the way there and back, and what somebody may
 * try on it.
 * @database embedded
 * @seconds 12
 */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { TestApp } from '../../../support/app.ts';
import { challengeOf, CookieBrowser, issuerSettings, TestIssuer } from '../../../support/issuer.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { logAbout } from '../../../support/persons.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

const clock = new PinnedClock();
let checkLeaks: () => Promise<void>;
let paper: TestIssuer;
let club: TestIssuer;
let app: TestApp;

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  [paper, club] = [await TestIssuer.start(), await TestIssuer.start()];
  // No issuer answers yet: the service starts without them.
  [paper.isDown, club.isDown] = [true, true];
  const roles = { claim: 'groups', values: { moderators: 'MODERATOR' } };
  app = await TestApp.start(
    issuerSettings(paper.settings('paper', { roles }), club.settings('club', { roles })),
    { clock },
  );
  await paper.open(`${app.url}/sign-in/paper/callback`);
  await club.open(`${app.url}/sign-in/club/callback`);
});
afterAll(async () => {
  await app.close();
  await paper.close();
  await club.close();
  await checkLeaks();
});
beforeEach(() => {
  clock.set(new Date());
  [paper.isDown, club.isDown] = [false, false];
});

const newEmail = (): string => `${randomUUID()}@example.org`;
const resultPage = (): string => `${app.url}/finish-sign-in#`;
const beginning = (issuer: string, { secret }: CookieBrowser): string =>
  `${app.url}/sign-in/${issuer}?challenge=${challengeOf(secret)}`;

/** What the page reads behind the `#`. */
const resultOf = (address: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(new URL(address).hash.slice(1)));

/** Goes to an issuer and back. @returns what the page reads */
const goTo = async (issuer: string, browser: CookieBrowser): Promise<Record<string, string>> =>
  resultOf(await browser.follow(beginning(issuer, browser), resultPage()));

/** As `goTo`, up to the address to which the issuer sends back, which is not opened. */
const goToCallback = (issuer: string, browser: CookieBrowser): Promise<string> =>
  browser.follow(beginning(issuer, browser), `${app.url}/sign-in/${issuer}/callback`);

async function finish(code: string | undefined, secret: string): Promise<any> {
  const { finishSignIn } = await app.data(
    `mutation ($input: FinishSignInInput!) { finishSignIn(input: $input) {
      session { accessToken } viewer { id name email roles isEmailConfirmed hasPassword
        linkedLogins { id name isUsable } } userErrors { code } } }`,
    { input: { code, secret } },
  );
  return finishSignIn;
}

async function signIn(issuer = 'paper', browser = new CookieBrowser()): Promise<any> {
  const { code } = await goTo(issuer, browser);
  return finish(code, browser.secret);
}

const codes = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
  userErrors.map(({ code }) => code);

it('opens an account by another site’s login, and finds it again', async () => {
  const email = newEmail();
  paper.add({ email: email.toUpperCase(), email_verified: true, name: '  Ida   Example ' });
  const first = await signIn();
  expect(first.viewer).toMatchObject({
    name: 'Ida Example',
    email,
    roles: ['READER'],
    isEmailConfirmed: true,
    hasPassword: false,
    linkedLogins: [{ name: 'The paper', isUsable: true }],
  });
  const second = await signIn();
  expect(second.viewer.id).toBe(first.viewer.id);
  // There is no password that would open it.
  const { signIn: guessed } = await app.data(
    `mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }`,
    { input: { email, password: '!' } },
  );
  expect(codes(guessed)).toEqual(['WRONG_CREDENTIALS']);
});

it('names the issuers, and where each begins', async () => {
  const { signInOptions } = await app.data('{ signInOptions { issuers { id name path } } }');
  expect(signInOptions.issuers).toEqual([
    { id: 'paper', name: 'The paper', path: '/sign-in/paper' },
    { id: 'club', name: 'The club', path: '/sign-in/club' },
  ]);
  expect((await fetch(`${app.url}/sign-in/none?challenge=${challengeOf('x')}`)).status).toBe(404);
});

it('the addresses of a sign-in have no token, and its cookie is for the server alone', async () => {
  paper.add({ email: newEmail(), email_verified: true });
  const browser = new CookieBrowser();
  const response = await browser.open(beginning('paper', browser));
  const [cookie = ''] = response.headers.getSetCookie();
  expect(cookie).toMatch(/; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const page = new URL(response.headers.get('location') ?? '');
  expect(page.searchParams.get('code_challenge_method')).toBe('S256');
  expect(cookie).not.toContain(page.searchParams.get('state') ?? '');
  await goTo('paper', browser);
  expect(browser.visited.join()).not.toMatch(/eyJ|access_token|id_token/);
});

it('an answer leads to the issuer or to the page of the site, whatever the request says', async () => {
  paper.add({ email: newEmail(), email_verified: true });
  for (const evil of ['//evil.example', '/\\evil.example', 'https://evil.example', '%2F%2Fevil.example']) {
    const browser = new CookieBrowser();
    const asked = `returnTo=${evil}&redirect_uri=${evil}&next=${evil}`;
    const page = await browser.next(`${beginning('paper', browser)}&${asked}`);
    expect(page.startsWith(`${paper.url}/auth?`)).toBe(true);
    expect(page).not.toContain('evil');
    const callback = await goToCallback('paper', browser);
    const result = await browser.next(`${callback}&${asked}`);
    expect(result.startsWith(resultPage())).toBe(true);
    expect(result).not.toContain('evil');
  }
});

it('a sign-in ends in the browser in which it began', async () => {
  paper.add({ email: newEmail(), email_verified: true });
  const browser = new CookieBrowser();
  const callback = await goToCallback('paper', browser);
  const before = paper.exchanges;
  const other = new CookieBrowser();
  expect(resultOf(await other.next(callback))).toEqual({ error: 'expired' });
  expect(paper.exchanges).toBe(before);
  // With the cookie as well, the code is of no use without the page's secret.
  const { code } = resultOf(await browser.next(callback));
  expect(codes(await finish(code, other.secret))).toEqual(['LOGIN_EXPIRED']);
  expect(codes(await finish(code, browser.secret))).toEqual([]);
});

it('neither code works twice', async () => {
  paper.add({ email: newEmail(), email_verified: true });
  const browser = new CookieBrowser();
  const callback = await goToCallback('paper', browser);
  const thief = browser.copy();
  const { code } = resultOf(await browser.next(callback));
  expect(codes(await finish(code, browser.secret))).toEqual([]);
  expect(codes(await finish(code, browser.secret))).toEqual(['LOGIN_EXPIRED']);
  expect(resultOf(await browser.next(callback))).toEqual({ error: 'expired' });
  expect(resultOf(await thief.next(callback))).toEqual({ error: 'failed' });
});

it('a sign-in and its code expire', async () => {
  paper.add({ email: newEmail(), email_verified: true });
  const browser = new CookieBrowser();
  const callback = await goToCallback('paper', browser);
  clock.advance(601);
  expect(resultOf(await browser.next(callback))).toEqual({ error: 'expired' });
  clock.set(new Date());
  const { code } = await goTo('paper', browser);
  clock.advance(301);
  expect(codes(await finish(code, browser.secret))).toEqual(['LOGIN_EXPIRED']);
});

it('the answer of one issuer is not taken for that of another', async () => {
  paper.add({ email: newEmail(), email_verified: true });
  club.add({ email: newEmail(), email_verified: true });
  const browser = new CookieBrowser();
  const callback = new URL(await goToCallback('paper', browser));
  expect(callback.searchParams.get('iss')).toBe(paper.url);
  // The cookie says which issuer was asked.
  const mixed = callback.href.replace('/sign-in/paper/', '/sign-in/club/');
  expect(resultOf(await browser.copy().next(mixed))).toEqual({ error: 'expired' });
  for (const iss of [club.url, undefined]) {
    const changed = new URL(callback);
    if (iss === undefined) changed.searchParams.delete('iss');
    else changed.searchParams.set('iss', iss);
    expect(resultOf(await browser.copy().next(changed.href))).toEqual({ error: 'failed' });
  }
  expect(resultOf(await browser.next(callback.href)).code).toHaveLength(43);
});

it('the code of another sign-in, another state and another nonce are refused', async () => {
  paper.add({ email: newEmail(), email_verified: true });
  const [browser, attacker] = [new CookieBrowser(), new CookieBrowser()];
  const [own, foreign] = [await goToCallback('paper', browser), await goToCallback('paper', attacker)];
  const injected = new URL(own);
  injected.searchParams.set('code', new URL(foreign).searchParams.get('code') ?? '');
  expect(resultOf(await browser.copy().next(injected.href))).toEqual({ error: 'failed' });
  expect(resultOf(await browser.copy().next(foreign))).toEqual({ error: 'expired' });
  const page = new URL(await browser.next(beginning('paper', browser)));
  page.searchParams.set('nonce', 'another');
  const renonced = await browser.follow(page.href, `${app.url}/sign-in/paper/callback`);
  expect(resultOf(await browser.next(renonced))).toEqual({ error: 'failed' });
});

it('a person who declines at the issuer comes back to the page', async () => {
  const browser = new CookieBrowser();
  const page = new URL(await browser.next(beginning('paper', browser)));
  const declined = new URL(page.searchParams.get('redirect_uri') ?? '');
  declined.search = new URLSearchParams({
    error: 'access_denied',
    state: page.searchParams.get('state') ?? '',
    iss: paper.url,
  }).toString();
  expect(resultOf(await browser.next(declined.href))).toEqual({ error: 'cancelled' });
});

it('an address that the issuer has not confirmed opens no account', async () => {
  const email = newEmail();
  const person = paper.add({ email, email_verified: false, name: 'Ida Example' });
  expect(codes(await signIn())).toEqual(['LOGIN_UNVERIFIED']);
  paper.change(person, { email, email_verified: 'true' });
  expect(codes(await signIn())).toEqual(['LOGIN_UNVERIFIED']);
  paper.change(person, { email, email_verified: true, name: email });
  // Names are public, and addresses are not.
  expect((await signIn()).viewer).toMatchObject({ email, name: 'Reader' });
});

it('a claim gives a role and takes it again, and takes no other one', async () => {
  const person = paper.add({ email: newEmail(), email_verified: true, groups: ['moderators', 'EDITOR'] });
  const given = await signIn();
  expect(given.viewer.roles).toEqual(['READER', 'MODERATOR']);
  await app.app.db.query('UPDATE account SET roles = $2 WHERE email = $1', [
    given.viewer.email,
    ['READER', 'JOURNALIST', 'MODERATOR'],
  ]);
  paper.change(person, { email: given.viewer.email, email_verified: true, groups: [] });
  expect((await signIn()).viewer.roles).toEqual(['READER', 'JOURNALIST']);
  const [account] = await app.app.db.query<{ id: string }>(
    'SELECT id::text AS id FROM account WHERE email = $1',
    [given.viewer.email],
  );
  const role = { actor: 'SYSTEM', detail: { role: 'MODERATOR' } };
  expect((await logAbout(app, account?.id ?? '')).filter(({ kind }) => kind !== 'SIGNED_IN')).toEqual([
    { kind: 'ROLE_GRANTED', ...role },
    { kind: 'ROLE_REVOKED', ...role },
  ]);
});

it('two first sign-ins of a person at once open one account', async () => {
  const email = newEmail();
  paper.add({ email, email_verified: true });
  const browsers = Array.from({ length: 4 }, () => new CookieBrowser());
  const begun: { code: string | undefined; secret: string }[] = [];
  for (const browser of browsers)
    begun.push({ ...(await goTo('paper', browser)), secret: browser.secret } as never);
  const ended = await Promise.all(begun.map(({ code, secret }) => finish(code, secret)));
  expect(ended.flatMap(codes)).toEqual([]);
  expect(new Set(ended.map(({ viewer }) => viewer.id)).size).toBe(1);
});

it('an issuer changes its keys, and is believed with the first token that names the new one', async () => {
  club.add({ email: newEmail(), email_verified: true });
  expect(codes(await signIn('club'))).toEqual([]);
  await club.open(`${app.url}/sign-in/club/callback`);
  expect(codes(await signIn('club'))).toEqual([]);
});

it.each<[string, (now: number, own: string) => Record<string, unknown>]>([
  ['`azp` of another client', () => ({ azp: 'another client' })],
  ['a second audience', (_now, own) => ({ aud: [own, 'another client'], azp: own })],
  ['another audience', () => ({ aud: 'another client' })],
  ['an `iat` far ahead', (now) => ({ iat: now + 600, exp: now + 1200 })],
  ['an `exp` before its `iat`', (now) => ({ iat: now + 20, exp: now + 10 })],
  ['an `exp` of long ago', (now) => ({ exp: now - 120 })],
  ['an `nbf` far ahead', (now) => ({ nbf: now + 600 })],
  ['no `exp`', () => ({ exp: undefined })],
  ['an `iss` of another issuer', () => ({ iss: club.url })],
])('an ID token with %s signs nobody in', async (_what, change) => {
  paper.add({ email: newEmail(), email_verified: true });
  paper.forge = (claims) => ({ ...claims, ...change(Math.floor(Date.now() / 1000), 'standfirst') });
  try {
    expect(await goTo('paper', new CookieBrowser())).toEqual({ error: 'failed' });
    paper.forge = (claims) => ({ ...claims, aud: ['standfirst'], azp: 'standfirst' });
    expect(await goTo('paper', new CookieBrowser())).toHaveProperty('code');
  } finally {
    paper.forge = undefined;
  }
});

it('an issuer that goes down is said to be, before the browser is led there and on its way back', async () => {
  paper.add({ email: newEmail(), email_verified: true });
  expect(await goTo('paper', new CookieBrowser())).toHaveProperty('code');
  const [browser, other] = [new CookieBrowser(), new CookieBrowser()];
  const callback = await goToCallback('paper', browser);
  paper.failing = '/token';
  expect(resultOf(await browser.next(callback))).toEqual({ error: 'unavailable' });
  paper.failing = undefined;
  const declined = new URL(await other.next(beginning('paper', other)));
  const answer = new URL(declined.searchParams.get('redirect_uri') ?? '');
  const state = declined.searchParams.get('state') ?? '';
  answer.search = new URLSearchParams({ error: 'temporarily_unavailable', state, iss: paper.url }).toString();
  expect(resultOf(await other.next(answer.href))).toEqual({ error: 'unavailable' });
  // Its metadata were read a moment ago, and it is not asked for them again.
  paper.isDown = true;
  clock.advance(31);
  const third = new CookieBrowser();
  expect(resultOf(await third.next(beginning('paper', third)))).toEqual({ error: 'unavailable' });
});

it('a person is asked to sign in anew where the page says so', async () => {
  const browser = new CookieBrowser();
  const page = new URL(await browser.next(`${beginning('paper', browser)}&prompt=login`));
  expect(page.searchParams.get('prompt')).toBe('login');
  const other = new URL(await browser.next(`${beginning('paper', browser)}&prompt=none`));
  expect(other.searchParams.has('prompt')).toBe(false);
});

it('an issuer that is down is said to be, and is asked again later', async () => {
  const down = await TestIssuer.start();
  down.isDown = true;
  const other = await TestApp.start(issuerSettings(down.settings('paper')), {
    clock,
    database: app.database,
  });
  try {
    await down.open(`${other.url}/sign-in/paper/callback`);
    const begin = async () => {
      const browser = new CookieBrowser();
      return browser.next(`${other.url}/sign-in/paper?challenge=${challengeOf(browser.secret)}`);
    };
    expect(await begin()).toBe(`${other.url}/finish-sign-in#error=unavailable`);
    down.isDown = false;
    expect(await begin()).toBe(`${other.url}/finish-sign-in#error=unavailable`);
    clock.advance(10);
    expect(await begin()).toContain(`${down.url}/auth?`);
  } finally {
    await other.close();
    await down.close();
  }
});

it('attempts are counted before an issuer is asked', async () => {
  const limited = await TestIssuer.start();
  const other = await TestApp.start(
    { ...issuerSettings(limited.settings('paper')), RATE_LIMITS: 'on', MAX_SIGN_INS_PER_MINUTE: '1' },
    { clock, database: app.database },
  );
  try {
    await limited.open(`${other.url}/sign-in/paper/callback`);
    limited.add({ email: newEmail(), email_verified: true });
    const go = async () => {
      const browser = new CookieBrowser();
      const begin = `${other.url}/sign-in/paper?challenge=${challengeOf(browser.secret)}`;
      return resultOf(await browser.follow(begin, `${other.url}/finish-sign-in#`));
    };
    expect(await go()).toHaveProperty('code');
    expect(await go()).toEqual({ error: 'busy' });
    expect(limited.exchanges).toBe(1);
  } finally {
    await other.close();
    await limited.close();
  }
});
