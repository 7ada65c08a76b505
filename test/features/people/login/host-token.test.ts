/**
 * Signing in by a token that another site has signed: what is accepted, and what somebody may try on it.
 * @database embedded
 * @seconds 8
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWK, SignJWT } from 'jose';
import { TestApp } from '../../../support/app.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

const clock = new PinnedClock();
const secret = 'a secret that only the host site and this test know';
const ec = (): { privateKey: KeyObject; publicKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The keys that the host site publishes, and how often they were read. */
let published: JWK[] = [];
let readings = 0;
let isDown = false;
let keys: Server;
let app: TestApp;
let checkLeaks: () => Promise<void>;
const [first, second] = [ec(), ec()];

const publicKey = async (key: KeyObject, kid: string): Promise<JWK> => ({ ...(await exportJWK(key)), kid });

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  keys = createServer((_request, response) => {
    readings += 1;
    response.writeHead(isDown ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: published }));
  });
  keys.listen(0, '127.0.0.1');
  await once(keys, 'listening');
  const jwksUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
  const host = (id: string, more: object) => ({
    id,
    name: `The ${id}`,
    issuer: `https://${id}.example.org`,
    audience: 'comments',
    ...more,
  });
  app = await TestApp.start(
    {
      HOST_TOKEN_ISSUERS: JSON.stringify([
        host('shared', { algorithm: 'HS256', secret }),
        host('keyed', { algorithm: 'ES256', jwksUrl }),
        host('edwards', { algorithm: 'EdDSA', jwksUrl: `${jwksUrl}/edwards` }),
      ]),
    },
    { clock },
  );
});
afterAll(async () => {
  await app.close();
  keys.close();
  await checkLeaks();
});
beforeEach(async () => {
  clock.set(new Date('2026-05-01T10:00:00Z'));
  published = [await publicKey(first.publicKey, 'first')];
  [isDown, readings] = [false, 0];
});

const seconds = (): number => Math.floor(clock.now().getTime() / 1000);

/** Claims of a new person's token, which is valid for a minute. */
const claimsOf = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: `https://${id}.example.org`,
  aud: 'comments',
  sub: randomUUID(),
  jti: randomUUID(),
  iat: seconds(),
  exp: seconds() + 60,
  name: 'Ida Example',
  email: `${randomUUID()}@example.org`,
  email_verified: true,
  ...more,
});

/** The key, the algorithm and the header's `kid` of a signature. */
interface Signing {
  readonly alg?: string;
  readonly key?: KeyObject | Buffer;
  readonly kid?: string;
}

const sign = (
  claims: Record<string, unknown>,
  { alg = 'HS256', key = Buffer.from(secret), kid }: Signing = {},
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader(kid === undefined ? { alg } : { alg, kid }).sign(key);

const byFirst = { alg: 'ES256', key: first.privateKey, kid: 'first' };
const bySecond = { alg: 'ES256', key: second.privateKey, kid: 'second' };

async function send(token: string, node = app): Promise<any> {
  const { signInWithToken } = await node.data(
    `mutation ($input: SignInWithTokenInput!) { signInWithToken(input: $input) {
      session { accessToken } viewer { id name email roles linkedLogins { name } } userErrors { code message } } }`,
    { input: { token } },
  );
  return signInWithToken;
}

/** The reason of a refusal; undefined: the token has begun a session. */
async function reason(token: string): Promise<string | undefined> {
  const { session, userErrors } = await send(token);
  expect(session === null).toBe(userErrors.length > 0);
  for (const { code } of userErrors) expect(code).toBe('TOKEN_INVALID');
  return userErrors[0]?.message;
}

it('opens an account by a signed token, and finds it again', async () => {
  const claims = claimsOf('shared');
  const opened = await send(await sign(claims));
  expect(opened.viewer).toMatchObject({
    name: 'Ida Example',
    email: claims.email,
    roles: ['READER'],
    linkedLogins: [{ name: 'The shared' }],
  });
  // Later the site need not tell the address again.
  const again = claimsOf('shared', { sub: claims.sub, email: undefined });
  expect((await send(await sign(again))).viewer.id).toBe(opened.viewer.id);
});

it.each([
  ['keyed', 'ES256', () => first],
  ['edwards', 'EdDSA', () => generateKeyPairSync('ed25519')],
])('takes a token of %s, by its published key', async (id, alg, pair) => {
  const { privateKey, publicKey: key } = pair();
  published = [await publicKey(key, 'first')];
  expect(await reason(await sign(claimsOf(id), { alg, key: privateKey, kid: 'first' }))).toBeUndefined();
});

it('a token is used once, on all nodes together', async () => {
  const token = await sign(claimsOf('shared'));
  const other = await TestApp.start(
    {
      HOST_TOKEN_ISSUERS: JSON.stringify([
        {
          id: 'shared',
          name: 'The site',
          issuer: 'https://shared.example.org',
          audience: 'comments',
          algorithm: 'HS256',
          secret,
        },
      ]),
    },
    { clock, database: app.database },
  );
  try {
    const answers = await Promise.all([send(token), send(token, other), send(token), send(token, other)]);
    expect(answers.filter(({ session }) => session !== null)).toHaveLength(1);
    expect(await reason(token)).toBe('A token with this `jti` was used before.');
  } finally {
    await other.close();
  }
});

describe('it refuses', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an expired token', { iat: -100, exp: -40 }, /`exp`/],
    ['one that is valid for too long', { exp: 301 }, /at most 300 s/],
    ['one that was issued long ago', { iat: -400, exp: 20 }, /`iat`|`exp`|at most/],
    ['one from the future', { iat: 60, exp: 120 }, /`iat`/],
    ['one that expires before it was issued', { iat: 20, exp: 10 }, /`exp`/],
    ['one that is not valid yet', { nbf: 4_000_000_000 }, /`nbf`/],
    ['one for two audiences', { aud: ['comments', 'something else'] }, /`aud`/],
    ['one of another party', { azp: 'something else' }, /`azp`/],
    ['one for another audience', { aud: 'something else' }, /`aud`/],
    ['one without `exp`', { exp: undefined }, /`exp`/],
    ['one without `iat`', { iat: undefined }, /`iat`/],
    ['one without `jti`', { jti: undefined }, /`jti`/],
    ['one with an empty `jti`', { jti: '' }, /`jti`/],
    ['one without `sub`', { sub: undefined }, /`sub`/],
    ['one whose `sub` is too long', { sub: 'x'.repeat(256) }, /`sub`/],
    ['one with a number as `sub`', { sub: 7 }, /`sub`/],
    ['one of a site that the settings do not have', { iss: 'https://evil.example' }, /`iss`/],
  ])('%s', async (_what, changed, expected) => {
    const times = Object.fromEntries(
      Object.entries(changed).map(([name, value]) => [
        name,
        (name === 'iat' || name === 'exp') && typeof value === 'number' ? seconds() + value : value,
      ]),
    );
    expect(await reason(await sign(claimsOf('shared', times)))).toMatch(expected);
  });

  it('one that is signed with another secret, or not at all', async () => {
    const forged = await sign(claimsOf('shared'), {
      key: Buffer.from('some other secret, which is long enough'),
    });
    expect(await reason(forged)).toBe('The signature is wrong.');
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${encode({ alg: 'none' })}.${encode(claimsOf('shared'))}.`;
    expect(await reason(unsigned)).toMatch(/`alg`|no signed token/);
    expect(await reason('no token')).toBe('This is no signed token.');
    expect(await reason('x'.repeat(8193))).toMatch(/8192/);
  });

  it('the public key as a secret, and one site’s key for another', async () => {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg: 'HS256', kid: 'first' })}.${encode(claimsOf('keyed'))}`;
    const pem = first.publicKey.export({ type: 'spki', format: 'pem' });
    const mac = createHmac('sha256', pem).update(signed).digest('base64url');
    expect(await reason(`${signed}.${mac}`)).toMatch(/`alg`/);
    expect(await reason(await sign(claimsOf('shared'), byFirst))).toMatch(/`alg`/);
    expect(await reason(await sign(claimsOf('keyed')))).toMatch(/`alg`/);
  });

  it('a first sign-in without an address that the site has confirmed', async () => {
    for (const more of [{ email_verified: false }, { email: undefined }, { email_verified: 'true' }]) {
      const { session, userErrors } = await send(await sign(claimsOf('shared', more)));
      expect({ session, userErrors }).toMatchObject({
        session: null,
        userErrors: [{ code: 'LOGIN_UNVERIFIED' }],
      });
    }
  });
});

describe('the keys of a site', () => {
  it('are read when they are needed, and again at once for an unknown key, at most every five seconds', async () => {
    clock.advance(86_400);
    expect(await reason(await sign(claimsOf('keyed'), byFirst))).toBeUndefined();
    expect(await reason(await sign(claimsOf('keyed'), byFirst))).toBeUndefined();
    expect(readings).toBe(1);
    // The site changes its key.
    published = [await publicKey(second.publicKey, 'second')];
    expect(await reason(await sign(claimsOf('keyed'), bySecond))).toBeUndefined();
    expect(readings).toBe(2);
    // The one of before is not valid any more.
    expect(await reason(await sign(claimsOf('keyed'), byFirst))).toMatch(/`kid`/);
    for (const kid of ['a', 'b', 'c']) await reason(await sign(claimsOf('keyed'), { ...byFirst, kid }));
    expect(readings).toBe(2);
  });

  it('are used for an hour while they can’t be read', async () => {
    clock.advance(2 * 86_400);
    expect(await reason(await sign(claimsOf('keyed'), byFirst))).toBeUndefined();
    isDown = true;
    clock.advance(3599);
    expect(await reason(await sign(claimsOf('keyed'), byFirst))).toBeUndefined();
    clock.advance(31);
    const { errors } = await app.query(
      `mutation ($input: SignInWithTokenInput!) { signInWithToken(input: $input) { userErrors { code } } }`,
      { input: { token: await sign(claimsOf('keyed'), byFirst) } },
    );
    expect(errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
  });
});
