/**
 * @database either
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  hashMachineToken,
  isMachineToken,
  isWellFormed,
  newMachineToken,
} from '../../../../src/platform/auth/machine-token.ts';
import { ConfigError, parseConfig } from '../../../../src/platform/config/config.ts';
import { encodeGlobalId } from '../../../../src/platform/graphql/global-id.ts';
import { TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { erasureOf } from '../../../support/erasure.ts';
import { eventually } from '../../../support/eventually.ts';
import { EventStream } from '../../../support/event-stream.ts';
import { keptLogger } from '../../../support/kept-logger.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';
import { addServiceAccount, addToken, requestToken, revokeToken } from '../../../support/tokens.ts';

const viewer = '{ viewer { name } }';
const ownTokens = '{ viewer { tokens { id name scopes documents expiresAt lastUsedAt revokedAt } } }';
const events = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) { __typename sequence cursor } }`;
const comment = `mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id } userErrors { code } } }`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const codeOf = async (answer: ReturnType<TestApp['query']>) => (await answer).errors?.[0]?.extensions.code;

describe('the form of a token', () => {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

  it('is sf_, 32 random letters and digits, and the CRC-32 of both in base 62', () => {
    for (let n = 0; n < 200; n += 1) {
      const token = newMachineToken();
      expect(token).toMatch(/^sf_[0-9A-Za-z]{38}$/);
      expect(isMachineToken(token) && isWellFormed(token)).toBe(true);
      const value = [...token.slice(-6)].reduce((sum, digit) => sum * 62 + alphabet.indexOf(digit), 0);
      expect(value).toBe(crc32(token.slice(0, -6)));
      expect(hashMachineToken(token).toString('hex')).toBe(sha256(token));
    }
  });

  it('does not pass with one character changed, missing or swapped with its neighbour', () => {
    const token = newMachineToken();
    for (let at = 3; at < token.length; at += 1) {
      const other = token[at] === 'a' ? 'b' : 'a';
      expect(isWellFormed(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe(false);
      expect(isWellFormed(`${token.slice(0, at)}${token.slice(at + 1)}`)).toBe(false);
      const [one = '', two = ''] = token.slice(at, at + 2);
      if (one !== two && two !== '')
        expect(isWellFormed(`${token.slice(0, at)}${two}${one}${token.slice(at + 2)}`)).toBe(false);
    }
    expect(isWellFormed(`${token}\n`)).toBe(false);
    expect(isWellFormed('')).toBe(false);
  });
});

describe('a token', () => {
  const clock = new PinnedClock();
  const kept = keptLogger();
  const service = useApp({}, { clock, logger: kept.logger });

  it('authenticates as its account, and the database has only its hash', async () => {
    const app = service();
    const user = await app.signUp('Ada Example');
    const { secret } = await addToken(app, user, { name: 'A  bot', scopes: ['READ', 'READ'] });
    expect(await app.data(viewer, {}, secret)).toEqual({ viewer: { name: 'Ada Example' } });
    const [row] = await app.app.db.query<{ hash: Buffer; text: string }>(
      'SELECT hash, t::text AS text FROM token t WHERE account_id = $1',
      [user.accountId],
    );
    expect(row?.hash.toString('hex')).toBe(sha256(secret));
    expect(row?.text).not.toContain(secret.slice(3, 20));
    const { viewer: shown } = await app.data(ownTokens, {}, user.token);
    expect(shown.tokens).toMatchObject([
      { name: 'A bot', scopes: ['READ'], documents: null, revokedAt: null },
    ]);
    expect(JSON.stringify(shown)).not.toContain(secret);
  });

  it('is refused without a question to the database when it is mistyped, and when it is unknown', async () => {
    const app = service();
    const { secret } = await addToken(app, await app.signUp(), { scopes: ['READ'] });
    const mistyped = await app.query(
      viewer,
      {},
      { token: secret.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
    );
    expect([mistyped.status, mistyped.errors?.[0]?.message]).toEqual([
      401,
      'The token is mistyped or incomplete: its checksum is wrong.',
    ]);
    const unknown = await app.query(viewer, {}, { token: newMachineToken() });
    expect([unknown.status, unknown.errors?.[0]?.message]).toEqual([
      401,
      'The token is unknown, expired or revoked.',
    ]);
  });

  it('needs one of its scopes: the refusal names it, and nothing was done', async () => {
    const app = service();
    const article = await app.addArticle();
    const { secret } = await addToken(app, await app.signUp(), { scopes: ['READ'] });
    const { errors } = await app.query(
      comment,
      { input: { articleId: article.id, body: 'No.' } },
      { token: secret },
    );
    expect(errors).toMatchObject([
      {
        message: 'The token lacks the scope COMMENT, which `addComment` needs.',
        extensions: { code: 'FORBIDDEN', missingScope: 'COMMENT' },
      },
    ]);
    const { article: shown } = await app.data(
      'query ($slug: String!) { article(slug: $slug) { commentCount } }',
      {
        slug: article.slug,
      },
    );
    expect(shown.commentCount).toBe(0);
  });

  it('is asked for scopes of fields in fragments, and not of the document’s other operations', async () => {
    const app = service();
    const { secret } = await addToken(app, await app.signUp(), { scopes: ['READ'] });
    const query = `query Mine { ...F } fragment F on Query { viewer { ...V } } fragment V on Viewer { tokens { id } }`;
    expect(await codeOf(app.query(query, {}, { token: secret }))).toBe('FORBIDDEN');
    const skipped = 'query Mine { viewer { name tokens @skip(if: true) { id } } }';
    expect(await codeOf(app.query(skipped, {}, { token: secret }))).toBe('FORBIDDEN');
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({
        query: 'query Mine { viewer { name } } mutation Other { signOut { endedAt } }',
        operationName: 'Mine',
      }),
    });
    expect(await response.json()).toMatchObject({ data: { viewer: { name: 'Ada Example' } } });
  });

  it('makes no token, revokes none and reads none, whatever its scopes and documents', async () => {
    const app = service();
    const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
    const { secret, id } = await addToken(app, administrator, {
      scopes: ['READ', 'COMMENT', 'ENDORSE', 'FUND', 'PUBLISH', 'MODERATE', 'ADMINISTER'],
    });
    const attempts = [
      `mutation { createToken(input: { name: "x", scopes: [READ], expiresAt: "${new Date().toISOString()}" }) { secret } }`,
      `mutation { revokeToken(input: { tokenId: "${id}" }) { token { id } } }`,
      'mutation { createServiceAccount(input: { name: "x" }) { serviceAccount { id } } }',
      'mutation { signOut { endedAt } }',
      'mutation { signIn(input: { email: "x@example.org", password: "x" }) { session { accessToken } } }',
      `{ node(id: "${id}") { ... on Token { name } } }`,
      '{ viewer { tokens { id } } }',
    ];
    const bound = await addToken(app, administrator, { documents: attempts.map(sha256) });
    for (const attempt of attempts)
      for (const token of [secret, bound.secret]) {
        const { errors } = await app.query(attempt, {}, { token });
        expect([attempt, errors?.[0]?.message]).toEqual([
          attempt,
          expect.stringContaining('No token may select'),
        ]);
      }
    expect(await app.data(`{ node(id: "${id}") { id } }`, {}, secret)).toEqual({ node: null });
    expect((await app.data('{ serviceAccounts { name } }', {}, secret)).serviceAccounts).not.toBeNull();
  });

  it('has at most the rights that its account has now', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await app.signUp();
    const { comment: posted } = await app.addComment(author, { articleId: article.id });
    const moderator = await app.signUp('Mo Example', 'MODERATOR');
    const { secret } = await addToken(app, moderator, { scopes: ['READ', 'MODERATE'] });
    const queue = '{ heldComments(first: 1) { totalCount } }';
    expect(await codeOf(app.query(queue, {}, { token: secret }))).toBeUndefined();
    await app.app.db.query(`UPDATE account SET roles = '{READER}' WHERE id = $1`, [moderator.accountId]);
    expect(await codeOf(app.query(queue, {}, { token: secret }))).toBe('FORBIDDEN');
    await app.app.db.query(
      `UPDATE account SET roles = '{READER,MODERATOR}', suspended_at = now() WHERE id = $1`,
      [moderator.accountId],
    );
    const { removeComment } = await app.data(
      'mutation ($id: ID!) { removeComment(input: { commentId: $id }) { userErrors { code } } }',
      { id: posted?.id },
      secret,
    );
    expect(removeComment.userErrors).toEqual([{ code: 'ACCOUNT_SUSPENDED' }]);
    const refused = await requestToken(app, moderator, { scopes: ['READ'] });
    expect(refused.userErrors).toMatchObject([{ code: 'ACCOUNT_SUSPENDED' }]);
  });

  it('is refused from its expiry on, and once it is revoked', async () => {
    const app = service();
    const user = await app.signUp();
    const short = await addToken(app, user, {
      scopes: ['READ'],
      expiresAt: new Date(clock.now().getTime() + 60_000),
    });
    const long = await addToken(app, user, { scopes: ['READ'] });
    clock.advance(59);
    expect(await codeOf(app.query(viewer, {}, { token: short.secret }))).toBeUndefined();
    clock.advance(1);
    expect(await codeOf(app.query(viewer, {}, { token: short.secret }))).toBe('UNAUTHENTICATED');
    const first = await revokeToken(app, user, long.id);
    expect(first.token.revokedAt).toBe(clock.now().toISOString());
    expect(await codeOf(app.query(viewer, {}, { token: long.secret }))).toBe('UNAUTHENTICATED');
    clock.advance(1);
    expect(await revokeToken(app, user, long.id)).toEqual(first);
    const stranger = await app.signUp();
    expect((await revokeToken(app, stranger, short.id)).userErrors).toEqual([{ code: 'NOT_FOUND' }]);
  });

  it('is made with a name, scopes or documents, and an expiry within a year', async () => {
    const app = service();
    const user = await app.signUp();
    const day = 24 * 3600 * 1000;
    const at = (days: number) => new Date(clock.now().getTime() + days * day);
    const fields = async (input: Parameters<typeof requestToken>[2]) =>
      (await requestToken(app, user, { expiresAt: at(1), ...input })).userErrors.map(
        ({ code, field }) => `${code} ${field?.join('.')}`,
      );
    expect(await fields({ name: ' ', expiresAt: at(367) })).toEqual([
      'EMPTY_TEXT name',
      'INVALID_INPUT scopes',
      'INVALID_INPUT expiresAt',
    ]);
    expect(await fields({ scopes: ['READ'], expiresAt: at(0) })).toEqual(['INVALID_INPUT expiresAt']);
    expect(await fields({ scopes: ['READ'], documents: [sha256('x')] })).toEqual(['INVALID_INPUT documents']);
    expect(await fields({ documents: ['not a hash'] })).toEqual(['INVALID_INPUT documents']);
    const many = Array.from({ length: 51 }, (_, n) => sha256(String(n)));
    expect(await fields({ documents: many })).toEqual(['INVALID_INPUT documents']);
    expect(await fields({ documents: many.slice(1), expiresAt: at(366) })).toEqual([]);
    expect(
      await fields({
        serviceAccountId: Buffer.from('ServiceAccount:1').toString('base64url'),
        scopes: ['READ'],
      }),
    ).toEqual(['NOT_FOUND serviceAccountId']);
  });

  it('is one of 20 of its account, however many are made at once on two nodes; a revoked one makes room', async () => {
    const app = service();
    const user = await app.signUp();
    // Within one node, commands on the tokens of an account run one at a time.
    const other = await TestApp.start({}, { database: app.database, clock });
    const made = await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        requestToken(n % 2 ? app : other, user, { name: `n${n}`, scopes: ['READ'] }),
      ),
    ).finally(() => other.close());
    const codes = made.flatMap(({ userErrors }) => userErrors.map(({ code }) => code));
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'LIMIT_REACHED'));
    const live = made.flatMap(({ token }) => (token ? [token.id] : []));
    expect(live).toHaveLength(20);
    // The list of those that ended is bounded as well.
    for (const id of live) await revokeToken(app, user, id);
    for (let n = 0; n < 15; n += 1) {
      const { id } = await addToken(app, user, { name: `again ${n}`, scopes: ['READ'] });
      await revokeToken(app, user, id);
    }
    const { viewer: shown } = await app.data(ownTokens, {}, user.token);
    expect(shown.tokens).toHaveLength(31);
    expect(shown.tokens[0].name).toBe('again 14');
  });

  it('is made once under an idempotency key, and not shown again', async () => {
    const app = service();
    const user = await app.signUp();
    const input = {
      scopes: ['READ' as const],
      expiresAt: new Date(clock.now().getTime() + 60_000),
      idempotencyKey: '6f0b1f0e-55a2-4c2e-9d58-1c7a3a1a0c11',
    };
    const both = await Promise.all([requestToken(app, user, input), requestToken(app, user, input)]);
    expect(new Set(both.map(({ token }) => token?.id)).size).toBe(1);
    expect(both.filter(({ secret }) => secret !== null)).toHaveLength(1);
    const other = await requestToken(app, user, { ...input, name: 'Another' });
    expect(other.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });

  it('runs only the documents that it is bound to, by text and by hash, and needs no scopes for them', async () => {
    const app = service();
    const article = await app.addArticle();
    const { secret } = await addToken(app, await app.signUp(), {
      documents: [sha256(viewer), `sha256:${sha256(comment)}`],
    });
    expect(await app.data(viewer, {}, secret)).toMatchObject({ viewer: { name: 'Ada Example' } });
    const posted = await app.data(comment, { input: { articleId: article.id, body: 'Yes.' } }, secret);
    expect(posted.addComment.userErrors).toEqual([]);
    const other = await app.query('{ viewer { email } }', {}, { token: secret });
    expect(other.errors).toMatchObject([
      {
        message: 'The token runs only the documents that it was made for.',
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
    expect(await codeOf(app.query(`${viewer} `, {}, { token: secret }))).toBe('FORBIDDEN');
    expect(await codeOf(app.query('{ no such }', {}, { token: secret }))).toBe('FORBIDDEN');
    const byHash = (hash: string) =>
      fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
        body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }),
      }).then((response) => response.json());
    // Registered by another client, and known to the service.
    const register = '{ viewer { id name } }';
    await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: register,
        extensions: { persistedQuery: { version: 1, sha256Hash: sha256(register) } },
      }),
    });
    expect(await byHash(sha256(register))).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  it('removes comments of others only with MODERATE, bound to the document or by its scope', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await app.signUp();
    const moderator = await app.signUp('Mo Example', 'MODERATOR');
    const remove = 'mutation ($id: ID!) { removeComment(input: { commentId: $id }) { userErrors { code } } }';
    const outcome = async (input: Parameters<typeof addToken>[2]) => {
      const { comment: posted } = await app.addComment(author, { articleId: article.id });
      const { secret } = await addToken(app, moderator, input);
      const { removeComment } = await app.data(remove, { id: posted?.id }, secret);
      return removeComment.userErrors.map(({ code }: { code: string }) => code);
    };
    expect(await outcome({ scopes: ['COMMENT'] })).toEqual(['FORBIDDEN']);
    expect(await outcome({ scopes: ['MODERATE'] })).toEqual([]);
    expect(await outcome({ documents: [sha256(remove)] })).toEqual([]);
  });

  it('sees what it may do beside sessions with the same rights, in answers that are shared', async () => {
    const app = service();
    const article = await app.addArticle();
    const { comment: posted } = await app.addComment(await app.signUp(), { articleId: article.id });
    const moderator = await app.signUp('Mo Example', 'MODERATOR');
    const query = 'query ($id: ID!) { comment(id: $id) { viewerCanRemove } }';
    const some = (await addToken(app, moderator, { name: 'Some', scopes: ['READ', 'COMMENT'] })).secret;
    const all = (await addToken(app, moderator, { name: 'All', scopes: ['READ', 'MODERATE'] })).secret;
    const bound = (await addToken(app, moderator, { name: 'Bound', documents: [sha256(query)] })).secret;
    // An answer is shared from the second request on.
    for (let round = 0; round < 3; round += 1) {
      for (const [token, can] of [
        [moderator.token, true],
        [some, false],
        [all, true],
        [bound, true],
      ] as const)
        expect(await app.data(query, { id: posted?.id }, token)).toEqual({
          comment: { viewerCanRemove: can },
        });
    }
  });

  it('shows its last use to the minute, written apart from the request and once a minute', async () => {
    const app = service();
    const user = await app.signUp();
    clock.set(new Date('2026-03-01T09:12:34.500Z'));
    const { secret } = await addToken(app, user, {
      scopes: ['READ'],
      expiresAt: new Date('2026-04-01T00:00:00Z'),
    });
    const shown = async () =>
      (await app.data(ownTokens, {}, user.token)).viewer.tokens[0].lastUsedAt as string;
    const versions = () =>
      app.app.db.query('SELECT xmin::text FROM token WHERE account_id = $1', [user.accountId]);
    expect(await shown()).toBeNull();
    await app.data(viewer, {}, secret);
    await eventually('the use to be written', async () => (await shown()) !== null);
    expect(await shown()).toBe('2026-03-01T09:12:00.000Z');
    const before = await versions();
    clock.advance(20);
    await app.data(viewer, {}, secret);
    clock.advance(40);
    // A use in the next minute is written, so one in the same minute would have been by then.
    expect(await versions()).toEqual(before);
    await app.data(viewer, {}, secret);
    await eventually(
      'the next use to be written',
      async () => (await shown()) === '2026-03-01T09:13:00.000Z',
    );
    clock.set(new Date());
  });

  it('appears in no line of the log, in whatever part of a request it is sent', async () => {
    const app = service();
    const { secret } = await addToken(app, await app.signUp(), { scopes: ['READ'] });
    kept.lines.length = 0;
    const body = JSON.stringify({ query: viewer });
    const json = { 'content-type': 'application/json' };
    await fetch(`${app.url}/graphql?access_token=${secret}`, { method: 'POST', headers: json, body });
    await fetch(`${app.url}/${secret}`);
    await fetch(`${app.url}/graphql/${secret}?x=${secret}`);
    await fetch(`${app.url}/graphql`, { method: 'POST', headers: { ...json, 'x-api-key': secret }, body });
    await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...json, authorization: `Token ${secret}` },
      body,
    });
    await fetch(`${app.url}/graphql`, { method: 'POST', headers: { ...json, authorization: secret }, body });
    await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...json, 'x-request-id': secret.slice(0, 41), authorization: `Bearer ${secret}x` },
      body,
    });
    await eventually('the requests to be logged', () => kept.lines.length >= 7);
    expect(kept.lines.join('\n')).not.toContain(secret.slice(3, 20));
  });

  it('goes with its account, and the export shows it without its hash', async () => {
    const app = service();
    const user = await app.signUp();
    const { secret } = await addToken(app, user, { name: 'Mine', scopes: ['READ'] });
    await erasureOf(app).erase(user.email);
    expect(await codeOf(app.query(viewer, {}, { token: secret }))).toBe('UNAUTHENTICATED');
    expect(await app.app.db.query('SELECT 1 FROM token WHERE account_id = $1', [user.accountId])).toEqual([]);
  });
});

describe('a service account', () => {
  const service = useApp();

  it('is made by administrators, has no address and no password, and acts by its tokens', async () => {
    const app = service();
    const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
    const account = await addServiceAccount(app, administrator, { name: 'Reply Bot', roles: ['MODERATOR'] });
    expect(account.address).toBe('service:reply-bot');
    const second = await addServiceAccount(app, administrator, { name: 'Reply Bot' });
    expect(second.address).toBe('service:reply-bot-2');
    const { secret, id } = await addToken(app, administrator, {
      name: 'On the host',
      scopes: ['READ', 'COMMENT', 'MODERATE'],
      serviceAccountId: account.id,
    });
    expect(await app.data('{ viewer { name email roles } }', {}, secret)).toEqual({
      viewer: { name: 'Reply Bot', email: 'service:reply-bot', roles: ['READER', 'MODERATOR'] },
    });
    const article = await app.addArticle();
    const posted = await app.data(comment, { input: { articleId: article.id, body: 'Hello.' } }, secret);
    expect(posted.addComment.userErrors).toEqual([]);

    const list = '{ serviceAccounts { id name address roles suspended tokens { name scopes } } }';
    expect((await app.data(list, {}, administrator.token)).serviceAccounts).toEqual([
      {
        id: account.id,
        name: 'Reply Bot',
        address: 'service:reply-bot',
        roles: ['READER', 'MODERATOR'],
        suspended: false,
        tokens: [{ name: 'On the host', scopes: ['READ', 'COMMENT', 'MODERATE'] }],
      },
      expect.objectContaining({ id: second.id, tokens: [] }),
    ]);
    const stranger = await app.signUp();
    expect(await codeOf(app.query(list, {}, { token: stranger.token }))).toBe('FORBIDDEN');
    expect((await revokeToken(app, stranger, id)).userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    const mine = await requestToken(app, stranger, { scopes: ['READ'], serviceAccountId: account.id });
    expect(mine.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const paying = { scopes: ['FUND' as const], serviceAccountId: account.id };
    const refused = await requestToken(app, administrator, paying);
    expect(refused.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['scopes'] }]);
    // A document of the service's own choice is no way around that.
    const pledge = `mutation ($input: PledgeInput!) { pledge(input: $input) { userErrors { code message } } }`;
    const bound = { name: 'Bound', documents: [sha256(pledge)], serviceAccountId: account.id };
    const { secret: boundSecret } = await addToken(app, administrator, bound);
    const input = { campaignId: encodeGlobalId('Campaign', article.articleId), amount: '500' };
    expect((await app.data(pledge, { input }, boundSecret)).pledge.userErrors).toEqual([
      { code: 'FORBIDDEN', message: 'A service account does not pledge: nobody would pay.' },
    ]);
    expect((await revokeToken(app, administrator, id)).token.revokedAt).not.toBeNull();
    expect(await codeOf(app.query(viewer, {}, { token: secret }))).toBe('UNAUTHENTICATED');
  });

  it('cannot be signed in to, and no reader makes one', async () => {
    const app = service();
    const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
    const { address } = await addServiceAccount(app, administrator, { name: 'Locked' });
    for (const password of ['!', '', 'a long enough text'])
      for (const email of [address, `${address}@example.org`]) {
        const { signIn } = await app.data(
          'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { code } } }',
          { input: { email, password } },
        );
        expect(signIn).toEqual({ session: null, userErrors: [{ code: 'WRONG_CREDENTIALS' }] });
      }
    const { signUp } = await app.data(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { userErrors { code } } }',
      { input: { email: address, password: 'a long enough text', name: 'x' } },
    );
    expect(signUp.userErrors).toEqual([{ code: 'INVALID_INPUT' }]);
    const editor = await app.signUp('Ed Example', 'EDITOR');
    const { createServiceAccount } = await app.data(
      'mutation { createServiceAccount(input: { name: "x" }) { serviceAccount { id } userErrors { code } } }',
      {},
      editor.token,
    );
    expect(createServiceAccount).toEqual({ serviceAccount: null, userErrors: [{ code: 'FORBIDDEN' }] });
  });

  it('is erased by the name that operators’ commands know it by', async () => {
    const app = service();
    const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
    const account = await addServiceAccount(app, administrator, { name: 'Short lived' });
    const { secret } = await addToken(app, administrator, { scopes: ['READ'], serviceAccountId: account.id });
    await erasureOf(app).erase(account.address);
    expect(await codeOf(app.query(viewer, {}, { token: secret }))).toBe('UNAUTHENTICATED');
    expect(await app.data(`{ node(id: "${account.id}") { id } }`, {}, administrator.token)).toEqual({
      node: null,
    });
  });
});

describe('with a stream that a token has opened,', () => {
  const clock = new PinnedClock();
  const service = useApp({}, { clock });
  const streams: EventStream[] = [];

  afterEach(async () => {
    await service().live.close();
    for (const stream of streams.splice(0)) stream.abort();
    await eventually('every feed to be released', () => service().app.hub.size.streams === 0);
  });

  async function open(app: TestApp, secret: string, articleId: string) {
    const closes: number[] = [];
    const socket = app.live.subscribe(
      events,
      { articleId },
      app.live.client({ token: secret, onClosed: (code) => closes.push(code) }),
    );
    const stream = await EventStream.open(app.url, {
      method: 'POST',
      query: events,
      variables: { articleId },
      headers: { authorization: `Bearer ${secret}` },
    });
    streams.push(stream);
    await socket.waitFor(1, 'ArticleCheckpoint');
    await stream.waitFor(1);
    const ended = () =>
      eventually('socket and stream to end', () => closes.length > 0 && stream.ended !== undefined);
    return { closes, ended };
  }

  it('its revocation ends socket and stream, on another node as well', async () => {
    const app = service();
    const other = await TestApp.start({}, { database: app.database, clock });
    try {
      const article = await app.addArticle();
      const user = await app.signUp();
      const token = await addToken(app, user, { scopes: ['READ'] });
      const stays = await addToken(app, user, { scopes: ['READ'] });
      const here = await open(app, token.secret, article.id);
      const there = await open(other, token.secret, article.id);
      const staying = await open(app, stays.secret, article.id);
      await revokeToken(app, user, token.id);
      const began = performance.now();
      await Promise.all([here.ended(), there.ended()]);
      // Two looks at HEAD_POLL_MS, which is shorter here, and not the next ping, which is 15 s away.
      expect(performance.now() - began).toBeLessThan(10_000);
      expect([here.closes, there.closes, staying.closes]).toEqual([[4403], [4403], []]);
    } finally {
      await other.close();
    }
  });

  it('its expiry ends them, and so does the erasure of its account', async () => {
    const app = service();
    const article = await app.addArticle();
    const user = await app.signUp();
    const expiresAt = new Date(clock.now().getTime() + 60_000);
    const expiring = await open(
      app,
      (await addToken(app, user, { scopes: ['READ'], expiresAt })).secret,
      article.id,
    );
    clock.advance(61);
    await expiring.ended();
    const { secret } = await addToken(app, user, { scopes: ['READ'] });
    const erased = await open(app, secret, article.id);
    await erasureOf(app).erase(user.email);
    await erased.ended();
  });

  it('a role of its account that is taken away counts in the next events', async () => {
    const app = service();
    const article = await app.addArticle();
    const editor: TestUser = await app.signUp('Ed Example', 'EDITOR');
    const { secret } = await addToken(app, editor, { scopes: ['READ'] });
    const opened = await open(app, secret, article.id);
    await app.data(
      'mutation ($id: ID!) { unpublishArticle(input: { articleId: $id }) { userErrors { code } } }',
      { id: article.id },
      editor.token,
    );
    await app.app.db.query(`UPDATE account SET roles = '{READER}' WHERE id = $1`, [editor.accountId]);
    await eventually('the streams of the article to end', () => app.app.hub.size.streams === 0);
    // The client may have closed its socket since, which carries nothing any more.
    expect(opened.closes.filter((code) => code !== 1000)).toEqual([]);
  });

  it('its use by many requests while it is revoked answers each with the account or UNAUTHENTICATED', async () => {
    const app = service();
    const user = await app.signUp();
    const { id, secret } = await addToken(app, user, { scopes: ['READ'] });
    const answers: string[] = [];
    let isRevoked = false;
    const use = async () => {
      for (let after = 0; after < 3; after += isRevoked ? 1 : 0) {
        const wasRevoked = isRevoked;
        const { data, errors } = await app.query(viewer, {}, { token: secret });
        answers.push(`${wasRevoked} ${data?.viewer?.name ?? errors?.[0]?.extensions.code}`);
      }
    };
    const users = Promise.all(Array.from({ length: 8 }, use));
    await revokeToken(app, user, id);
    isRevoked = true;
    await users;
    expect(new Set(answers.filter((answer) => answer.startsWith('true')))).toEqual(
      new Set(['true UNAUTHENTICATED']),
    );
  });
});

describe('limits of a token', () => {
  const service = useApp({ RATE_LIMITS: 'on', MAX_WRITES_PER_MINUTE: '5', MAX_TOKEN_WRITES_PER_MINUTE: '2' });

  it('are its own: they take nothing from its account, and nothing from another token', async () => {
    const app = service();
    const article = await app.addArticle();
    const user = await app.signUp();
    const tokens = [
      await addToken(app, user, { scopes: ['READ', 'COMMENT'] }),
      await addToken(app, user, { scopes: ['READ', 'COMMENT'] }),
    ];
    const post = (token: string) =>
      app.query(comment, { input: { articleId: article.id, body: 'Yes.' } }, { token });
    for (const { secret } of tokens) {
      expect(await codeOf(post(secret))).toBeUndefined();
      expect(await codeOf(post(secret))).toBeUndefined();
      const { errors, headers } = await post(secret);
      expect(errors).toMatchObject(
        [
          {
            extensions: { code: 'RATE_LIMITED', policy: 'token-writes' },
            message: /changes with this token/,
          },
        ].map(({ extensions }) => ({ extensions })),
      );
      expect(headers.get('ratelimit')).toContain('"token-cost"');
    }
    // Two of five were used to make the tokens.
    for (let n = 0; n < 3; n += 1) expect(await codeOf(post(user.token))).toBeUndefined();
    expect(await codeOf(post(user.token))).toBe('RATE_LIMITED');
  });

  it('of its cost are at least those of the largest operation', () => {
    const settings = { MAX_QUERY_COST: '1000', MAX_TOKEN_COST_PER_MINUTE: '999' };
    expect(() => parseConfig(settings)).toThrow(ConfigError);
  });
});
