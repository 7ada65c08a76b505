/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type GraphqlAnswer, TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { keptLogger } from '../../../support/kept-logger.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

const secret = 'a secret that only the tests know and use';
const password = 'correct horse battery';

const sessionFields = `session { accessToken refreshToken expiresAt } viewer { id email name roles }
  userErrors { code message field }`;

/** Sends the session mutations as a client does. */
class Sessions {
  readonly #app: () => TestApp;

  constructor(app: () => TestApp) {
    this.#app = app;
  }

  send(name: 'signUp' | 'signIn' | 'refreshSession', input: Record<string, string>): Promise<GraphqlAnswer> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    return this.#app().query(`mutation ($input: ${type}!) { ${name}(input: $input) { ${sessionFields} } }`, {
      input,
    });
  }

  async signUp(input: Partial<Record<'email' | 'password' | 'name', string>> = {}): Promise<any> {
    const full = { email: `${randomUUID()}@example.org`, password, name: 'Ada Example', ...input };
    return this.#payload(await this.send('signUp', full), 'signUp');
  }

  async signIn(email: string, given = password): Promise<any> {
    return this.#payload(await this.send('signIn', { email, password: given }), 'signIn');
  }

  async refresh(refreshToken: string): Promise<any> {
    return this.#payload(await this.send('refreshSession', { refreshToken }), 'refreshSession');
  }

  async signOut(token: string): Promise<any> {
    const answer = await this.#app().query(
      `mutation { signOut { endedAt userErrors { code } } }`,
      {},
      { token },
    );
    return this.#payload(answer, 'signOut');
  }

  /** Whether the service accepts an access token. */
  async isAlive(token: string): Promise<boolean> {
    const { status, data, errors } = await this.#app().query(`{ viewer { id } }`, {}, { token });
    if (status === 200 && data.viewer !== null) return true;
    expect([status, errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    return false;
  }

  #payload({ data, errors }: GraphqlAnswer, name: string): any {
    if (errors) throw new Error(JSON.stringify(errors));
    return data[name];
  }
}

const codes = (payload: { userErrors: { code: string }[] }) => payload.userErrors.map(({ code }) => code);
const ended = {
  session: null,
  viewer: null,
  userErrors: [{ code: 'SESSION_ENDED', field: ['refreshToken'] }],
};

describe('accounts', () => {
  const service = useApp();
  const sessions = new Sessions(service);

  it('give up the session with which they sign in again, and no other', async () => {
    const { session: first, viewer } = await sessions.signUp();
    const { session: other } = await sessions.signIn(viewer.email);
    const again = (given: string) =>
      service().data(
        `mutation ($input: SignInInput!) { signIn(input: $input) { ${sessionFields} } }`,
        { input: { email: viewer.email, password: given } },
        first.accessToken,
      );
    // A refused sign-in ends nothing.
    expect(codes((await again('not my password')).signIn)).toEqual(['WRONG_CREDENTIALS']);
    expect(await sessions.isAlive(first.accessToken)).toBe(true);
    const { session: second } = (await again(password)).signIn;
    const alive = await Promise.all(
      [first, other, second].map(({ accessToken }) => sessions.isAlive(accessToken)),
    );
    expect(alive).toEqual([false, true, true]);
    expect(await sessions.refresh(first.refreshToken)).toMatchObject(ended);
  });

  it('are created and signed in to by a sign-up', async () => {
    const email = `Ada.${randomUUID()}@Example.ORG`;
    const payload = await sessions.signUp({ email: `  ${email}\n`, name: ' Ada\u200b\n Example ' });
    expect(payload).toMatchObject({
      viewer: { email: email.toLowerCase(), name: 'Ada Example', roles: ['READER'] },
      userErrors: [],
    });
    expect(await sessions.isAlive(payload.session.accessToken)).toBe(true);
    const [row] = await service().app.db.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM account WHERE email = $1',
      [email.toLowerCase()],
    );
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const stored = JSON.stringify(
      await service().app.db.query(`SELECT f::text, encode(hash, 'base64') FROM token_family f`),
    );
    const { refreshToken } = payload.session;
    const bytes = Buffer.from(refreshToken, 'base64url');
    for (const part of [bytes, bytes.subarray(0, 16), bytes.subarray(16)])
      for (const form of ['hex', 'base64'] as const) expect(stored).not.toContain(part.toString(form));
    expect(stored).not.toContain(refreshToken);
  });

  it.each([
    ['email', 'no address', 'INVALID_INPUT'],
    ['email', '', 'INVALID_INPUT'],
    ['email', 'a@b', 'INVALID_INPUT'],
    ['email', 'a@b@example.org', 'INVALID_INPUT'],
    ['email', 'a b@example.org', 'INVALID_INPUT'],
    ['email', 'a\u0000@example.org', 'INVALID_INPUT'],
    ['email', 'Ada <a@example.org>', 'INVALID_INPUT'],
    ['email', `${'a'.repeat(250)}@example.org`, 'INVALID_INPUT'],
    ['password', '1234567', 'INVALID_INPUT'],
    ['password', '😀'.repeat(7), 'INVALID_INPUT'],
    ['password', 'long enough, '.repeat(20), 'INVALID_INPUT'],
    ['password', '12345678', 'INVALID_INPUT'],
    ['password', 'Password1', 'INVALID_INPUT'],
    ['name', '', 'EMPTY_TEXT'],
    ['name', ' \n ', 'EMPTY_TEXT'],
    ['name', '\u200b\u202e', 'EMPTY_TEXT'],
    ['name', '\u3164', 'EMPTY_TEXT'],
    ['name', 'a'.repeat(81), 'TOO_LONG'],
  ])('are refused with the %s %j', async (field, value, code) => {
    const count = () => service().app.db.query('SELECT count(*) FROM account');
    const before = await count();
    const payload = await sessions.signUp({ [field]: value });
    expect(payload).toMatchObject({ session: null, viewer: null, userErrors: [{ code, field: [field] }] });
    expect(await count()).toEqual(before);
  });

  it('are refused with all errors at once', async () => {
    const { userErrors } = await sessions.signUp({ email: 'nope', password: 'x', name: ' ' });
    expect(userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: ['email'] },
      { code: 'EMPTY_TEXT', field: ['name'] },
      { code: 'INVALID_INPUT', field: ['password'] },
    ]);
  });

  it.each([
    ['name', '😀'.repeat(80)],
    ['password', 'q7 z2pwm'],
    ['password', `${'😀 long enough '.repeat(18)}to`],
    ['password', ' a\u0000\u202e b  '],
  ])('are accepted with the %s %j', async (field, value) => {
    const { viewer, userErrors } = await sessions.signUp({ [field]: value });
    expect(userErrors).toEqual([]);
    if (field === 'name') expect(viewer.name).toBe(value);
    else expect((await sessions.signIn(viewer.email, value)).userErrors).toEqual([]);
  });

  it('never share an e-mail address, in whatever case it is written', async () => {
    const email = `${randomUUID()}@example.org`;
    await sessions.signUp({ email });
    for (const again of [email, email.toUpperCase(), ` ${email} `]) {
      expect(await sessions.signUp({ email: again })).toMatchObject({
        session: null,
        userErrors: [{ code: 'EMAIL_TAKEN', field: ['email'] }],
      });
    }
    const other = `${randomUUID()}@example.org`;
    const all = await Promise.all(Array.from({ length: 5 }, () => sessions.signUp({ email: other })));
    expect(all.flatMap(codes)).toEqual(Array.from({ length: 4 }, () => 'EMAIL_TAKEN'));
  });

  it('are signed in to with the right address and password, and a refusal does not tell which was wrong', async () => {
    const email = `${randomUUID()}@example.org`;
    await sessions.signUp({ email });
    for (const given of [email, email.toUpperCase(), ` ${email}`]) {
      const payload = await sessions.signIn(given);
      expect([payload.viewer.email, await sessions.isAlive(payload.session.accessToken)]).toEqual([
        email,
        true,
      ]);
    }
    const wrong = [
      await sessions.signIn(email, 'wrong horse battery'),
      await sessions.signIn(email, ''),
      await sessions.signIn(email, `${password} `),
      await sessions.signIn(email, 'a'.repeat(2000)),
      await sessions.signIn(`${randomUUID()}@example.org`),
      await sessions.signIn('no address'),
      await sessions.signIn(''),
      await sessions.signIn('a\u0000@example.org'),
      await sessions.signIn(`${'a'.repeat(2000)}@example.org`),
    ];
    for (const payload of wrong) expect(payload).toEqual(wrong[0]);
    expect(wrong[0]).toMatchObject({
      session: null,
      viewer: null,
      userErrors: [{ code: 'WRONG_CREDENTIALS', field: null }],
    });
  });

  it('accept a password in any Unicode composition', async () => {
    const { viewer } = await sessions.signUp({ password: 'caf\u00e9 au lait' });
    expect(codes(await sessions.signIn(viewer.email, 'cafe\u0301 au lait'))).toEqual([]);
  });
});

describe('access tokens', () => {
  const clock = new PinnedClock(new Date('2026-03-01T12:00:00.750Z'));
  const service = useApp({ ACCESS_TOKEN_TTL_SECONDS: '60' }, { clock });
  const sessions = new Sessions(service);

  it('expire', async () => {
    const start = clock.now();
    const { session } = await sessions.signUp();
    expect(session.expiresAt).toBe('2026-03-01T12:01:00.000Z');
    clock.set(new Date('2026-03-01T12:00:59.999Z'));
    expect(await sessions.isAlive(session.accessToken)).toBe(true);
    clock.set(new Date('2026-03-01T12:01:00.000Z'));
    expect(await sessions.isAlive(session.accessToken)).toBe(false);
    clock.set(start);
  });

  it('that are invalid are refused on every operation, and never treated as absent', async () => {
    const app = service();
    const { slug, id } = await app.addArticle();
    const { session, viewer } = await sessions.signUp();
    const token: string = session.accessToken;
    const [header = '', payload = '', signature = ''] = token.split('.');
    const accountId = Buffer.from(viewer.id, 'base64url').toString().split(':')[1] ?? '';
    const { sid } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(clock.now().getTime() / 1000);
    const claims = { sub: accountId, sid, aud: 'standfirst', iat: now, exp: now + 600 };
    const hmac = (text: string, key = secret, hash = 'sha256') =>
      `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
    const typ = 'at+jwt';
    const at = (alg: string) => encode({ alg, typ });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsa = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ }).sign(privateKey);

    // A token made in the same way as the forgeries, but with the right secret and claims, is accepted.
    expect(await sessions.isAlive(hmac(`${at('HS256')}.${encode(claims)}`))).toBe(true);
    const { exp: _exp, ...endless } = claims;
    const { aud: _aud, ...anybodys } = claims;
    const forged: Record<string, string> = {
      'algorithm none': `Bearer ${at('none')}.${encode(claims)}.`,
      'algorithm none, signed': `Bearer ${at('none')}.${payload}.${signature}`,
      'algorithm None': `Bearer ${at('None')}.${encode(claims)}.x`,
      'other secret': `Bearer ${hmac(`${at('HS256')}.${encode(claims)}`, `${secret}!`)}`,
      'empty secret': `Bearer ${hmac(`${at('HS256')}.${encode(claims)}`, '')}`,
      'other hash': `Bearer ${hmac(`${at('HS512')}.${encode(claims)}`, secret, 'sha512')}`,
      'other algorithm': `Bearer ${rsa}`,
      'other type': `Bearer ${hmac(`${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`)}`,
      'no type': `Bearer ${hmac(`${encode({ alg: 'HS256' })}.${encode(claims)}`)}`,
      'other audience': `Bearer ${hmac(`${at('HS256')}.${encode({ ...claims, aud: 'else' })}`)}`,
      'no audience': `Bearer ${hmac(`${at('HS256')}.${encode(anybodys)}`)}`,
      'no expiry': `Bearer ${hmac(`${at('HS256')}.${encode(endless)}`)}`,
      'not yet valid': `Bearer ${hmac(`${at('HS256')}.${encode({ ...claims, nbf: now + 60 })}`)}`,
      'unknown session': `Bearer ${hmac(`${at('HS256')}.${encode({ ...claims, sid: randomUUID() })}`)}`,
      'other account': `Bearer ${hmac(`${at('HS256')}.${encode({ ...claims, sub: String(Number(accountId) + 1) })}`)}`,
      'changed claims': `Bearer ${header}.${encode({ ...claims, exp: now + 6000 })}.${signature}`,
      'changed signature': `Bearer ${header}.${payload}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
      'cut signature': `Bearer ${header}.${payload}.${signature.slice(0, -2)}`,
      'no signature': `Bearer ${header}.${payload}`,
      garbled: 'Bearer garbled',
      'three parts': 'Bearer a.b.c',
      'two tokens': `Bearer ${token}, Bearer ${token}`,
      'no scheme': token,
      'other scheme': `Basic ${Buffer.from('ada:x').toString('base64')}`,
      'the scheme alone': 'Bearer',
      'nothing in it': '',
      'a refresh token': `Bearer ${session.refreshToken}`,
    };
    const operations: [string, Record<string, unknown>][] = [
      [`query ($slug: String!) { article(slug: $slug) { title } }`, { slug }],
      [`{ articles { nodes { id } } }`, {}],
      [`{ __typename }`, {}],
      [`{ __schema { queryType { name } } }`, {}],
      [`{ viewer { id } }`, {}],
      [
        `mutation ($input: AddCommentInput!) { addComment(input: $input) { userErrors { code } } }`,
        { input: { articleId: id, body: 'x' } },
      ],
      [
        `mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } signOut { endedAt } }`,
        { input: { email: viewer.email, password } },
      ],
      [
        `mutation ($input: RefreshSessionInput!) { ...Both }
         fragment Both on Mutation { refreshSession(input: $input) { viewer { id } } ... { signOut { endedAt } } }`,
        { input: { refreshToken: session.refreshToken } },
      ],
      [`mutation { __typename }`, {}],
      [`mutation { signOut { endedAt } }`, {}],
    ];
    for (const [kind, authorization] of Object.entries(forged)) {
      for (const [query, variables] of kind === 'garbled' ? operations : operations.slice(0, 1)) {
        const { status, data, errors } = await app.query(query, variables, { headers: { authorization } });
        expect([kind, status, errors?.map(({ extensions }) => extensions.code), data ?? null]).toEqual([
          kind,
          401,
          ['UNAUTHENTICATED'],
          null,
        ]);
      }
    }
    // The real token is still accepted: no forgery ended its session.
    expect(await sessions.isAlive(token)).toBe(true);
  });

  it('that are invalid do not keep a client from getting new ones', async () => {
    const app = service();
    const { viewer, session } = await sessions.signUp();
    const headers = { authorization: 'Bearer expired.long.ago' };
    const ways: [string, string, Record<string, unknown>][] = [
      ['refreshSession', 'RefreshSessionInput', { refreshToken: session.refreshToken }],
      ['signIn', 'SignInInput', { email: viewer.email, password }],
      ['signUp', 'SignUpInput', { email: `${randomUUID()}@example.org`, password, name: 'Bo Example' }],
    ];
    for (const [name, type, input] of ways) {
      const direct = `mutation ($input: ${type}!) { __typename ${name}(input: $input) { session { accessToken } } }`;
      const { status, data } = await app.query(direct, { input }, { headers });
      expect([name, status]).toEqual([name, 200]);
      expect(await sessions.isAlive(data[name].session.accessToken)).toBe(true);
    }
    const wrong = await app.query(
      `mutation ($input: SignInInput!) { ...Way } fragment Way on Mutation { signIn(input: $input) { userErrors { code } } }`,
      { input: { email: viewer.email, password: 'another password' } },
      { headers },
    );
    expect(wrong.data.signIn.userErrors).toEqual([{ code: 'WRONG_CREDENTIALS' }]);
  });

  it('in a malformed header are refused with the form to use and the challenge of RFC 6750', async () => {
    const { session } = await sessions.signUp();
    for (const authorization of [
      session.accessToken,
      `Token ${session.accessToken}`,
      'Bearer',
      'Bearer a b',
    ]) {
      const { status, errors, headers } = await service().query(
        '{ __typename }',
        {},
        { headers: { authorization } },
      );
      expect([status, errors?.[0]?.message]).toEqual([
        401,
        'Authorization takes `Bearer ` and an access token behind it.',
      ]);
      expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    }
  });

  it('that are missing fail only the field that needs one: the operation runs', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await service().query('mutation { signOut { endedAt } }', {}, { headers: { accept } });
      expect([answer.status, answer.data, answer.errors?.[0]?.extensions.code]).toEqual([
        200,
        null,
        'UNAUTHENTICATED',
      ]);
    }
  });

  it('are accepted in whatever case the scheme is written', async () => {
    const app = service();
    const { session } = await sessions.signUp();
    const { data } = await app.query(
      `{ viewer { id } }`,
      {},
      { headers: { authorization: `bearer  ${session.accessToken}` } },
    );
    expect(data.viewer).not.toBeNull();
  });
});

describe('sessions', () => {
  const clock = new PinnedClock();
  const service = useApp({ REFRESH_TOKEN_TTL_SECONDS: '3600', ACCESS_TOKEN_TTL_SECONDS: '900' }, { clock });
  const sessions = new Sessions(service);

  it('continue with a new pair of tokens after each exchange', async () => {
    const first = await sessions.signUp();
    let { refreshToken } = first.session;
    const seen = new Set([refreshToken]);
    for (let hour = 0; hour < 5; hour++) {
      // Each exchange prolongs the session to an hour from then.
      clock.advance(3000);
      const payload = await sessions.refresh(refreshToken);
      expect(payload.viewer).toEqual(first.viewer);
      expect(payload.session.expiresAt).toBe(
        new Date(Math.floor(clock.now().getTime() / 1000) * 1000 + 900_000).toISOString(),
      );
      expect(await sessions.isAlive(payload.session.accessToken)).toBe(true);
      refreshToken = payload.session.refreshToken;
      seen.add(refreshToken);
    }
    expect(seen.size).toBe(6);
    expect(await sessions.isAlive(first.session.accessToken)).toBe(false);
  });

  it('give the same refresh token to a repeated exchange within 30 s, in case the first answer was lost', async () => {
    const { session } = await sessions.signUp();
    const one = await sessions.refresh(session.refreshToken);
    expect(one.session.refreshToken).not.toBe(session.refreshToken);
    clock.advance(30);
    const two = await sessions.refresh(session.refreshToken);
    expect(two.session.refreshToken).toBe(one.session.refreshToken);
    for (const payload of [one, two]) expect(await sessions.isAlive(payload.session.accessToken)).toBe(true);
  });

  it('keep a new refresh token for 30 s, so that a token spent within this time is always the previous one', async () => {
    const { session } = await sessions.signUp();
    const one = await sessions.refresh(session.refreshToken);
    clock.advance(30);
    const same = await sessions.refresh(one.session.refreshToken);
    expect(same.session.refreshToken).toBe(one.session.refreshToken);
    clock.set(new Date(clock.now().getTime() + 1));
    const next = await sessions.refresh(one.session.refreshToken);
    expect(next.session.refreshToken).not.toBe(one.session.refreshToken);
    expect(codes(await sessions.refresh(one.session.refreshToken))).toEqual([]);
  });

  it('do not prolong the leeway of 30 s when it is used', async () => {
    const { session } = await sessions.signUp();
    await sessions.refresh(session.refreshToken);
    clock.advance(20);
    expect(codes(await sessions.refresh(session.refreshToken))).toEqual([]);
    clock.advance(11);
    expect(await sessions.refresh(session.refreshToken)).toMatchObject(ended);
  });

  it('end with all their tokens when a used token comes back after the leeway', async () => {
    const { session, viewer } = await sessions.signUp();
    const elsewhere = await sessions.signIn(viewer.email);
    const next = await sessions.refresh(session.refreshToken);
    clock.advance(31);
    const last = await sessions.refresh(next.session.refreshToken);
    const tokens = [session, next.session, last.session].map(({ accessToken }) => accessToken as string);
    clock.set(new Date(clock.now().getTime() + 30_001));
    for (const token of tokens) expect(await sessions.isAlive(token)).toBe(true);
    expect(await sessions.refresh(session.refreshToken)).toMatchObject(ended);
    for (const token of tokens) expect(await sessions.isAlive(token)).toBe(false);
    expect(await sessions.refresh(last.session.refreshToken)).toMatchObject(ended);
    // Another session of the same account is not affected.
    expect(await sessions.isAlive(elsewhere.session.accessToken)).toBe(true);
    expect(codes(await sessions.refresh(elsewhere.session.refreshToken))).toEqual([]);
  });

  it('end when any of their older tokens comes back', async () => {
    const { session } = await sessions.signUp();
    const tokens: string[] = [session.refreshToken];
    for (let count = 0; count < 4; count++) {
      const payload = await sessions.refresh(tokens.at(-1)!);
      tokens.push(payload.session.refreshToken);
      clock.advance(31);
    }
    expect(new Set(tokens).size).toBe(5);
    expect(await sessions.refresh(tokens[1]!)).toMatchObject(ended);
    expect(await sessions.refresh(tokens.at(-1)!)).toMatchObject(ended);
  });

  it('do not end when somebody sends a made-up refresh token', async () => {
    const { session } = await sessions.signUp();
    const { refreshToken } = session;
    const flip = (at: number) =>
      `${refreshToken.slice(0, at)}${refreshToken[at] === 'A' ? 'B' : 'A'}${refreshToken.slice(at + 1)}`;
    // The first 16 bytes prove that the sender held a token of the session; the tokens below differ in these bytes.
    for (const token of [flip(0), flip(20), `${'A'.repeat(21)}${refreshToken.slice(21)}`])
      expect(await sessions.refresh(token)).toMatchObject(ended);
    expect(codes(await sessions.refresh(refreshToken))).toEqual([]);
  });

  it('give the same refresh token to many simultaneous exchanges', async () => {
    const { session } = await sessions.signUp();
    const payloads = await Promise.all(
      Array.from({ length: 8 }, () => sessions.refresh(session.refreshToken)),
    );
    expect(payloads.flatMap(codes)).toEqual([]);
    expect(new Set(payloads.map((payload) => payload.session.refreshToken)).size).toBe(1);
    for (const payload of payloads) expect(await sessions.isAlive(payload.session.accessToken)).toBe(true);
  });

  it('are reported as ended for an expired, an unknown or a malformed refresh token', async () => {
    const { session } = await sessions.signUp();
    clock.advance(3600);
    expect(await sessions.refresh(session.refreshToken)).toMatchObject(ended);
    for (const token of ['', 'x', session.accessToken, 'A'.repeat(43), 'x'.repeat(1000), '\u0000']) {
      expect(await sessions.refresh(token)).toMatchObject(ended);
    }
  });

  it('end immediately when they are signed out of, each on its own', async () => {
    const app = service();
    const first = await sessions.signUp();
    const second = await sessions.signIn(first.viewer.email);
    const next = await sessions.refresh(first.session.refreshToken);
    const { endedAt, userErrors } = await sessions.signOut(next.session.accessToken);
    expect([endedAt, userErrors]).toEqual([clock.now().toISOString(), []]);
    for (const payload of [first, next])
      expect(await sessions.isAlive(payload.session.accessToken)).toBe(false);
    expect(await sessions.refresh(next.session.refreshToken)).toMatchObject(ended);
    expect(await sessions.isAlive(second.session.accessToken)).toBe(true);
    expect(codes(await sessions.refresh(second.session.refreshToken))).toEqual([]);

    const { data, errors } = await app.query(`mutation { signOut { endedAt } }`);
    expect([data, errors?.[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED']);
  });

  it('of a suspended account continue, for reading', async () => {
    const { session, viewer } = await sessions.signUp();
    await service().app.db.query('UPDATE account SET suspended_at = now() WHERE email = $1', [viewer.email]);
    expect(await sessions.isAlive(session.accessToken)).toBe(true);
    expect(codes(await sessions.refresh(session.refreshToken))).toEqual([]);
    expect(codes(await sessions.signIn(viewer.email))).toEqual([]);
  });
});

describe('e-mail addresses and credentials', () => {
  const { logger, lines } = keptLogger();
  const service = useApp({}, { logger });
  const sessions = new Sessions(service);
  let user: TestUser;

  beforeAll(async () => {
    user = await service().signUp('Ada Example');
  });

  it('are shown to nobody but their owner, and only by the types of the viewer', async () => {
    const app = service();
    const { slug, id } = await app.addArticle();
    const listener = app.live.events(id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    const { comment } = await app.addComment(user, { articleId: id });
    await app.data(
      `mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }`,
      { input: { articleId: id } },
      user.token,
    );
    await listener.waitFor(1, 'EndorsementAdded');
    const other = await app.signUp('Bo Example', 'ADMINISTRATOR');
    const viewerId = Buffer.from(`Viewer:${user.accountId}`).toString('base64url');
    for (const token of [undefined, other.token]) {
      const answer = await app.data(
        `query ($slug: String!, $id: ID!, $viewerId: ID!) {
          article(slug: $slug) { comments { nodes { author { id name avatarUrl } } } endorsements { nodes { id displayName affiliation } } }
          comment(id: $id) { author { id name } } node(id: $viewerId) { id ... on Viewer { email } } }`,
        { slug, id: comment?.id, viewerId },
        token,
      );
      expect(answer.node).toBeNull();
      expect(JSON.stringify([answer, listener.events])).not.toContain('@');
    }
    // Only the account that sends the request has its address, and who signs up what was just sent.
    const { __schema } = await app.data(`{ __schema { types { name fields { name } } } }`);
    const holders = __schema.types.filter(
      (type: any) =>
        type.name !== 'Mutation' && type.fields?.some((field: any) => /e-?mail/i.test(field.name)),
    );
    expect(holders.map((type: any) => type.name).sort()).toEqual([
      'PendingEmail',
      'SignUpConfirmation',
      'Viewer',
    ]);
  });

  it('appear in no log line and no error, whatever fails', async () => {
    const app = service();
    const { db } = app.app;
    const secrets = [
      user.email,
      user.email.split('@')[0] ?? '',
      user.password,
      user.token,
      user.refreshToken,
      'argon2',
    ];
    const answers: unknown[] = [];
    const send = async (name: 'signUp' | 'signIn' | 'refreshSession', input: Record<string, string>) => {
      answers.push((await sessions.send(name, input)).errors ?? []);
    };
    const { email } = user;
    const tryAll = async () => {
      await send('signUp', { email, password: user.password, name: 'X' });
      await send('signIn', { email, password: user.password });
      await send('refreshSession', { refreshToken: user.refreshToken });
      answers.push((await app.query(`{ viewer { name } }`, {}, { token: user.token })).errors);
    };
    const raw = async (body: string, contentType = 'application/json', path = '/graphql') => {
      const response = await fetch(`${app.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': contentType, authorization: `Bearer ${user.token}` },
        body,
      });
      answers.push(await response.text());
    };
    await tryAll();
    const before = lines.length;

    // Malformed requests.
    await raw(
      `{"query":"{ viewer { id } }","variables":{"email":"${email}","password":"${user.password}" oops`,
    );
    await raw(`${email} ${user.password}`);
    await raw(`email=${email}&password=${user.password}`, 'application/x-www-form-urlencoded');
    await raw('x', 'application/json', `/nowhere?token=${user.token}&email=${email}`);
    await fetch(
      `${app.url}/graphql?query=${encodeURIComponent('{ viewer { id } }')}&token=${user.token}&email=${email}`,
    );

    // Database faults whose PostgreSQL messages contain the values.
    const fault = async (damage: string, repair: string) => {
      const seen = lines.length;
      await db.query(damage);
      try {
        const fresh = `fresh-${randomUUID()}@example.org`;
        secrets.push(fresh);
        await send('signUp', { email: fresh, password: user.password, name: 'X' });
        await tryAll();
      } finally {
        await db.query(repair);
      }
      // The fault happened and was logged.
      expect(lines.slice(seen).some((line) => line.includes('"fault"'))).toBe(true);
    };
    await fault(
      `ALTER TABLE account ADD CONSTRAINT broken CHECK (false) NOT VALID`,
      `ALTER TABLE account DROP CONSTRAINT broken`,
    );
    await fault(`ALTER TABLE token_family RENAME TO away`, `ALTER TABLE away RENAME TO token_family`);
    await fault(`ALTER TABLE account RENAME TO away`, `ALTER TABLE away RENAME TO account`);

    expect(lines.length).toBeGreaterThan(before);
    const log = lines.join('');
    const shown = JSON.stringify(answers);
    for (const found of secrets)
      expect([found, log.includes(found), shown.includes(found)]).toEqual([found, false, false]);
    // The address is absent in URL-encoded form too.
    expect(log).not.toContain(encodeURIComponent(email));
  });
});

describe('rate limits', () => {
  let running: TestApp | undefined;
  let checkLeaks: () => Promise<void>;
  const service = () => {
    if (!running) throw new Error('The app runs during the tests only');
    return running;
  };
  const sessions = new Sessions(service);
  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    running = await TestApp.start({ RATE_LIMITS: 'on' });
  });
  afterAll(async () => {
    await running?.close();
    await checkLeaks();
  });

  it('stop the eleventh sign-in to an account, even with the right password, but none to another account', async () => {
    const { viewer } = await sessions.signUp();
    const { viewer: other } = await sessions.signUp();
    for (let attempt = 1; attempt <= 10; attempt++) {
      const email = attempt % 2 === 0 ? viewer.email.toUpperCase() : ` ${viewer.email}`;
      expect(codes(await sessions.signIn(email, 'wrong horse battery'))).toEqual(['WRONG_CREDENTIALS']);
    }
    const { status, headers, data, errors } = await sessions.send('signIn', {
      email: viewer.email,
      password,
    });
    expect([status, data]).toEqual([429, null]);
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(errors).toMatchObject([
      { path: ['signIn'], extensions: { code: 'RATE_LIMITED', retryAfterSeconds: seconds } },
    ]);
    expect(JSON.stringify(errors)).not.toContain(viewer.email);
    expect(codes(await sessions.signIn(other.email))).toEqual([]);
  });
});
