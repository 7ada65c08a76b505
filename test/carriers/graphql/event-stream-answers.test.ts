/**
 * @database either
 * @seconds 8
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';
import { parse } from 'graphql';
import { createClient } from 'graphql-sse';
import { TestApp, useApp } from '../../support/app.ts';
import { EventStream, fetchStream, type StreamRequest } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';

const subscription = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename sequence cursor
    ... on CommentEvent { comment { bodyText } }
  }
}`;
const titleOf = 'query ($id: ID!) { node(id: $id) { ... on Article { title } } }';

const opened: EventStream[] = [];
const open = async (app: TestApp, request: StreamRequest): Promise<EventStream> => {
  const stream = await EventStream.open(app.url, { path: '/graphql', ...request });
  opened.push(stream);
  return stream;
};
afterEach(() => {
  for (const stream of opened.splice(0)) stream.abort();
});

const ask = (app: TestApp, request: StreamRequest) => fetchStream(app.url, { path: '/graphql', ...request });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as any).errors[0].extensions.code;

/** The only result of a stream that has ended. */
async function onlyResult(response: Response): Promise<any> {
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  const [, data] =
    /^event: next\ndata: (.*)\n\nevent: complete\ndata: \n\n$/.exec(await response.text()) ?? [];
  return JSON.parse(data ?? 'null');
}

const methods = ['GET', 'POST'] as const;

describe('/graphql, for a client that accepts an event stream', () => {
  const service = useApp({ ALLOWED_ORIGINS: 'https://news.example.org' });

  it('serves the stock client of GraphQL over SSE: subscriptions, queries and mutations', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const user = await app.signUp();
    const client = createClient({ url: `${app.url}/graphql`, headers: bearer(user.token), retryAttempts: 0 });
    const events = client.iterate<any>({ query: subscription, variables: { articleId: id } });
    expect((await events.next()).value).toMatchObject({
      data: { articleEvents: { __typename: 'ArticleCheckpoint', sequence: 0 } },
    });
    const results: unknown[] = [];
    const query = `mutation ($id: ID!) { addComment(input: { articleId: $id, body: "Two\\nlines" }) {
      comment { bodyText } userErrors { code } } }`;
    for await (const result of client.iterate({ query, variables: { id } })) results.push(result);
    for await (const result of client.iterate({ query: titleOf, variables: { id } })) results.push(result);
    expect(results).toMatchObject([
      { data: { addComment: { comment: { bodyText: 'Two\nlines' }, userErrors: [] } } },
      { data: { node: { title: 'A title' } }, extensions: { cost: { maximum: 5000 } } },
    ]);
    expect((await events.next()).value).toMatchObject({
      data: { articleEvents: { __typename: 'CommentAdded', comment: { bodyText: 'Two\nlines' } } },
    });
    const wrong: unknown[] = [];
    for await (const result of client.iterate({ query: 'subscription { nothing }' })) wrong.push(result);
    expect(wrong).toMatchObject([{ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }]);
    client.dispose();
    await eventually('the feed to be released', () => app.app.hub.size.streams === 0);
  });

  it.each(methods)('serves the executor of Hive’s gateway, which subscribes by %s', async (method) => {
    const app = service();
    const { id } = await app.addArticle();
    const user = await app.signUp();
    const asked: string[] = [];
    const executor = buildHTTPExecutor({
      endpoint: `${app.url}/graphql`,
      headers: bearer(user.token),
      fetch: (url: string, init?: RequestInit) => {
        asked.push(`${init?.method} ${new Headers(init?.headers).get('accept')}`);
        return fetch(url, init);
      },
    });
    const subscribe = async (query: string, variables: Record<string, unknown> = {}) => {
      const results = await executor({ document: parse(query), variables, extensions: { method } });
      return (results as AsyncIterable<any>)[Symbol.asyncIterator]();
    };
    const events = await subscribe(subscription, { articleId: id });
    expect((await events.next()).value).toMatchObject({
      data: { articleEvents: { __typename: 'ArticleCheckpoint', sequence: 0 } },
    });
    await app.addComment(user, { articleId: id, body: 'Two\nlines' });
    expect((await events.next()).value).toMatchObject({
      data: { articleEvents: { __typename: 'CommentAdded', comment: { bodyText: 'Two\nlines' } } },
    });
    const forbidden = await subscribe('subscription { moderationEvents { __typename } }');
    expect((await forbidden.next()).value).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect((await forbidden.next()).done).toBe(true);
    await events.return?.();
    await eventually('the feed to be released', () => app.app.hub.size.streams === 0);
    const { data } = (await executor({ document: parse(titleOf), variables: { id } })) as any;
    expect(data.node.title).toBe('A title');
    expect(asked.slice(0, 2)).toEqual([`${method} text/event-stream`, `${method} text/event-stream`]);
    await executor[Symbol.asyncDispose]();
  });

  it.each(methods)('streams subscriptions by %s, and answers queries by one result', async (method) => {
    const app = service();
    const { id } = await app.addArticle();
    const stream = await open(app, { query: subscription, variables: { articleId: id }, method });
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const [{ cursor }] = await stream.waitFor(1);
    expect(stream.lastEventId).toBe(cursor);
    // Twice, because the second answer comes from memory.
    for (let time = 0; time < 2; time++) {
      const answer = await ask(app, { query: titleOf, variables: { id }, method });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await onlyResult(answer)).toMatchObject({ data: { node: { title: 'A title' } } });
    }
  });

  it.each(methods)('tells errors of the operation in the stream by %s', async (method) => {
    const app = service();
    const wrong: readonly (readonly [query: string, code: string])[] = [
      ['{', 'GRAPHQL_PARSE_FAILED'],
      ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      ['subscription { articleEvents(articleId: "x") { cursor } }', 'BAD_USER_INPUT'],
      ['subscription { articleEvents(articleId: "QXJ0aWNsZTo5OTk5") { cursor } }', 'NOT_FOUND'],
    ];
    for (const [query, code] of wrong)
      expect(await onlyResult(await ask(app, { query, method }))).toMatchObject({
        errors: [{ extensions: { code } }],
      });
  });

  it('answers with JSON where the client likes it as well, but for subscriptions', async () => {
    const app = service();
    const { id } = await app.addArticle();
    // The header of urql.
    const accept =
      'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';
    const headers = { accept };
    const answer = await ask(app, { query: titleOf, variables: { id }, headers, method: 'POST' });
    expect(answer.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    const stream = await open(app, {
      query: subscription,
      variables: { articleId: id },
      headers,
      method: 'POST',
    });
    await stream.waitFor(1);
    const plain = { accept: 'application/json' };
    const refused = await ask(app, {
      query: subscription,
      variables: { articleId: id },
      headers: plain,
      method: 'POST',
    });
    expect(await refused.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('text/event-stream') }],
    });
    const mutation = await ask(app, { query: 'mutation { signOut { endedAt } }' });
    expect([mutation.status, mutation.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('refuses pages of other sites as streams do, also for queries', async () => {
    const app = service();
    const { id } = await app.addArticle();
    for (const query of [subscription, titleOf]) {
      const variables = { articleId: id, id };
      const from = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
        ask(app, { query, variables, headers, method });
      const foreign = await from({ origin: 'https://evil.example' });
      expect([foreign.status, await codeOf(foreign)]).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
      const silent = await from({ 'sec-fetch-site': 'cross-site' });
      expect([silent.status, await codeOf(silent)]).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
      // What a form of another site could send.
      const form = await from({ 'content-type': 'text/plain', origin: 'https://evil.example' }, 'POST');
      expect(form.status).toBe(415);
    }
    const allowed = await open(app, {
      query: subscription,
      variables: { articleId: id },
      headers: { origin: 'https://news.example.org' },
    });
    expect(allowed.response.headers.get('access-control-allow-origin')).toBe('https://news.example.org');
    // Without the stream, a GET still needs its proof.
    const plain = await ask(app, { query: titleOf, variables: { id }, headers: { accept: '*/*' } });
    expect(plain.status).toBe(400);
  });

  it('ends a stream whose article is unpublished, and never answers with 204', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const editor = await app.signUp('Ed Example', 'EDITOR');
    const stream = await open(app, { query: subscription, variables: { articleId: id } });
    await stream.waitFor(1);
    await app.data(
      'mutation ($id: ID!) { unpublishArticle(input: { articleId: $id }) { userErrors { code } } }',
      { id },
      editor.token,
    );
    expect(await stream.end()).toBe('complete');
    expect(stream.blocks.at(-1)).toEqual({ event: 'complete', data: '' });
    const again = await ask(app, {
      query: subscription,
      variables: { articleId: id },
      headers: { 'last-event-id': stream.lastEventId ?? '' },
    });
    expect(await onlyResult(again)).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });

  it('refuses an invalid token with 401, and cuts a stream when the session of its token ends', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const user = await app.signUp();
    const asked = { query: subscription, variables: { articleId: id }, headers: bearer(user.token) };
    const stream = await open(app, asked);
    await stream.waitFor(1);
    await app.data('mutation { signOut { endedAt } }', {}, user.token);
    expect(await stream.end()).toBe('cut');
    const refused = await ask(app, asked);
    expect([refused.status, refused.headers.get('www-authenticate'), await codeOf(refused)]).toEqual([
      401,
      'Bearer error="invalid_token"',
      'UNAUTHENTICATED',
    ]);
  });

  it('ends a stream of moderation within two seconds after its viewer’s role is gone', async () => {
    const app = service();
    const moderator = await app.signUp('Mo Example', 'MODERATOR');
    const stream = await open(app, {
      query: 'subscription { moderationEvents { __typename cursor } }',
      headers: bearer(moderator.token),
    });
    await stream.waitFor(1);
    await app.app.db.query(`UPDATE account SET roles = '{READER}' WHERE id = $1`, [moderator.accountId]);
    expect(await stream.end()).toBe('complete');
    expect(stream.blocks.at(-2)?.data).toContain('FORBIDDEN');
  });
});

describe('limits of event streams at /graphql', () => {
  const service = useApp({
    MAX_SOCKETS_PER_ADDRESS: '2',
    MAX_SOCKETS_PER_VIEWER: '1',
    RATE_LIMITS: 'on',
    TRUST_PROXY: 'true',
  });

  it('are those of all live connections: of an address, of an account, and the budget', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const user = await app.signUp();
    const from = (address: string, headers: Record<string, string> = {}): StreamRequest => ({
      query: subscription,
      variables: { articleId: id },
      headers: { 'x-forwarded-for': address, ...headers },
    });
    await open(app, from('192.0.2.1'));
    await open(app, { ...from('192.0.2.1'), path: '/graphql/stream' });
    // A program wants the status: a gateway would take an empty stream for the end of the subscription.
    const third = await ask(app, from('192.0.2.1'));
    expect([third.status, third.headers.get('retry-after'), await codeOf(third)]).toEqual([
      429,
      '10',
      'RATE_LIMITED',
    ]);
    expect((await ask(app, { ...from('192.0.2.1'), query: '{ __typename }' })).status).toBe(200);
    await open(app, from('192.0.2.2', bearer(user.token)));
    const second = await ask(app, from('192.0.2.3', bearer(user.token)));
    expect([second.status, await codeOf(second)]).toEqual([429, 'RATE_LIMITED']);
    const long = { ...from('192.0.2.4'), variables: { articleId: id, after: 'x'.repeat(9000) } };
    expect(await onlyResult(await ask(app, long))).toMatchObject({
      errors: [{ message: expect.stringContaining('variables of a subscription') }],
    });
    const costly = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) {
      ... on CommentEvent { comment { replies(first: 50) { nodes { replies(first: 50) { nodes { id } } } } } } } }`;
    expect(await onlyResult(await ask(app, { ...from('192.0.2.4'), query: costly }))).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_TOO_COSTLY' } }],
    });
    expect(app.app.hub.size.streams).toBe(3);
  });
});

it('a service that stops cuts streams of /graphql, and refuses further ones with 503', async () => {
  const checkLeaks = watchForLeaks();
  const app = await TestApp.start({ SHUTDOWN_DELAY_MS: '1000' });
  const { id } = await app.addArticle();
  const asked = { query: subscription, variables: { articleId: id } };
  const streams = await Promise.all(Array.from({ length: 8 }, () => open(app, asked)));
  for (const stream of streams) await stream.waitFor(1);
  const closing = app.close();
  expect(await streams[0]?.end()).toBe('cut');
  const refused = await ask(app, asked);
  expect([refused.status, await codeOf(refused)]).toEqual([503, 'UNAVAILABLE']);
  for (const stream of streams) expect(await stream.end()).toBe('cut');
  await closing;
  await checkLeaks();
});
