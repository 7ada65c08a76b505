/**
 * @seconds 16
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-sse';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { onDatabase, serverUrl } from '../../support/database.ts';
import { EventStream, fetchStream, type StreamRequest } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { restart } from '../../support/front-end.ts';
import { keptLogger } from '../../support/kept-logger.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { RawSocket } from '../../support/raw-socket.ts';

const query = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename sequence cursor
    ... on ArticleReset { resetReason }
    ... on CommentEvent { comment { bodyText } }
  }
}`;
const added = `subscription ($articleId: ID!, $after: EventCursor) {
  commentAdded(articleId: $articleId, after: $after) { sequence cursor comment { bodyText } }
}`;

const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as any).errors[0].extensions.code;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const opened: EventStream[] = [];
const open = async (app: TestApp, request: StreamRequest): Promise<EventStream> => {
  const stream = await EventStream.open(app.url, request);
  opened.push(stream);
  return stream;
};
afterEach(() => {
  for (const stream of opened.splice(0)) stream.abort();
});

/** Appends a number of edits of one comment, to the log only. */
async function append(app: TestApp, articleId: string, count: number): Promise<void> {
  await app.app.db.query(
    `WITH head AS (
       UPDATE article_counter SET sequence = sequence + $2 WHERE article_id = $1 RETURNING article_id, sequence
     )
     INSERT INTO article_event (article_id, sequence, kind, subject_id)
     SELECT article_id, sequence - $2 + n, 'COMMENT_EDITED', (SELECT max(id) FROM comment WHERE article_id = $1)
     FROM head, generate_series(1, $2::int) n`,
    [articleId, count],
  );
}

async function takeBack(app: TestApp, articleId: string, { token }: TestUser): Promise<void> {
  const { unpublishArticle } = await app.data(
    'mutation ($id: ID!) { unpublishArticle(input: { articleId: $id }) { userErrors { code } } }',
    { id: articleId },
    token,
  );
  expect(unpublishArticle.userErrors).toEqual([]);
}

describe('a stream of Server-Sent Events', () => {
  const service = useApp({ ALLOWED_ORIGINS: 'https://news.example.org' });

  it.each(['GET', 'POST'] as const)(
    'carries each event with the event’s cursor as its id, by %s',
    async (method) => {
      const app = service();
      const { id } = await app.addArticle();
      const user = await app.signUp();
      const stream = await open(app, {
        query,
        variables: { articleId: id },
        method,
        headers: { 'accept-encoding': 'gzip' },
      });
      expect(Object.fromEntries(stream.response.headers)).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      expect(stream.response.headers.get('content-encoding')).toBeNull();
      await stream.waitFor(1);
      const bodyText = 'Two\nlines, \u2028 and « é »';
      await app.addComment(user, { articleId: id, body: bodyText });
      const events = await stream.waitFor(2);
      expect(events).toMatchObject([
        { __typename: 'ArticleCheckpoint', sequence: 0 },
        { __typename: 'CommentAdded', sequence: 1, comment: { bodyText } },
      ]);
      const [begin, ...results] = stream.blocks;
      expect(Number(begin?.retry)).toBeGreaterThanOrEqual(1000);
      expect(Number(begin?.retry)).toBeLessThanOrEqual(5000);
      expect(results).toEqual(
        events.map(({ cursor }) => ({ event: 'next', id: cursor, data: expect.any(String) })),
      );
    },
  );

  it('continues from Last-Event-ID rather than from the operation’s `after`, and resets if the id is unknown', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const user = await app.signUp();
    for (const body of ['one', 'two', 'three']) await app.addComment(user, { articleId: id, body });
    const first = await open(app, { query, variables: { articleId: id } });
    const [{ cursor: now }] = await first.waitFor(1);
    const [, epoch] = Buffer.from(now as string, 'base64url')
      .toString()
      .split('|');
    const [, , key] = Buffer.from(now as string, 'base64url')
      .toString()
      .split('|');
    const start = Buffer.from(`events|${epoch}|${key}|1.`).toString('base64url');
    const resumed = await open(app, {
      query,
      variables: { articleId: id, after: now },
      headers: { 'last-event-id': start },
    });
    await resumed.waitFor(3);
    expect(resumed.events.map(({ sequence, __typename }) => [sequence, __typename])).toEqual([
      [2, 'CommentAdded'],
      [3, 'CommentAdded'],
      [3, 'ArticleCheckpoint'],
    ]);
    const foreign = await open(app, {
      query,
      variables: { articleId: id, after: now },
      headers: { 'last-event-id': '17' },
    });
    const [reset] = await foreign.waitFor(1);
    expect(reset).toMatchObject({ __typename: 'ArticleReset', resetReason: 'UNKNOWN_CURSOR', cursor: now });
    expect(foreign.lastEventId).toBe(now);
  });

  it('that omits events still advances its id, and has an id from the start', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const user = await app.signUp();
    const stream = await open(app, { query: added, variables: { articleId: id } });
    const start = await eventually('the stream to have an id', () => stream.lastEventId);
    expect(stream.events).toEqual([]);
    stream.abort();
    await app.addComment(user, { articleId: id, body: 'meanwhile' });
    await append(app, articleId, 5);
    const resumed = await open(app, {
      query: added,
      variables: { articleId: id },
      headers: { 'last-event-id': start },
    });
    const [comment] = await resumed.waitFor(1);
    expect(comment).toMatchObject({ sequence: 1, comment: { bodyText: 'meanwhile' } });
    const last = await eventually('the id to advance', () =>
      resumed.lastEventId === comment.cursor ? undefined : resumed.lastEventId,
    );
    expect(Buffer.from(last, 'base64url').toString()).toMatch(/\|6\.$/);
  });

  it('completes when the article is unpublished, and answers a reconnection by Last-Event-ID with 204', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const editor = await app.signUp('Ed Example', 'EDITOR');
    const stream = await open(app, { query, variables: { articleId: id } });
    const [{ cursor }] = await stream.waitFor(1);
    await takeBack(app, id, editor);
    expect(await stream.end()).toBe('complete');
    expect(stream.events.map(({ __typename }) => __typename as string)).toEqual([
      'ArticleCheckpoint',
      'ArticleUnpublished',
    ]);
    expect(stream.blocks.at(-1)).toEqual({ event: 'complete', data: '' });
    const again = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
      fetchStream(app.url, { query, variables: { articleId: id }, headers, method });
    const stopped = await again({ 'last-event-id': stream.lastEventId ?? cursor });
    expect([stopped.status, await stopped.text()]).toEqual([204, '']);
    const refused = await again({});
    expect([refused.status, await codeOf(refused)]).toEqual([404, 'NOT_FOUND']);
    const told = await again({}, 'POST');
    expect([told.status, await told.text()]).toEqual([
      200,
      expect.stringMatching(/^event: next\ndata: \{"errors":\[.*NOT_FOUND.*\n\nevent: complete\ndata: \n\n$/),
    ]);
    // The stream continues for viewers who still have access to the article.
    const theirs = await open(app, { query, variables: { articleId: id }, headers: bearer(editor.token) });
    await theirs.waitFor(1);
  });

  it('sends its errors without an id, and then completes', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const stream = await open(app, {
      query: added,
      variables: { articleId: id },
      headers: { 'last-event-id': 'unknown' },
    });
    expect(await stream.end()).toBe('complete');
    const [, result, complete] = stream.blocks;
    expect(Object.keys(result ?? {})).toEqual(['event', 'data']);
    expect(JSON.parse(result?.data ?? '')).toMatchObject({
      errors: [{ extensions: { code: 'ARTICLE_RESET', resetReason: 'UNKNOWN_CURSOR' } }],
    });
    expect(complete).toEqual({ event: 'complete', data: '' });
  });

  it('releases the feed as soon as its client disconnects', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const streams = await Promise.all(
      range(1, 3).map(() => open(app, { query, variables: { articleId: id } })),
    );
    for (const stream of streams) await stream.waitFor(1);
    expect(app.app.hub.size.streams).toBe(3);
    for (const stream of streams) stream.abort();
    await eventually('the feed to be released', () => app.app.hub.size.articles === 0);

    // The same holds for a stream that is aborted while it is being opened.
    await onDatabase(app.database.url, async (client) => {
      await client.query('BEGIN; LOCK TABLE article_counter IN ACCESS EXCLUSIVE MODE');
      const control = new AbortController();
      const asked = fetchStream(app.url, { query, variables: { articleId: id } }, control.signal);
      await eventually('the stream to wait for a lock', () => app.app.hub.size.streams === 1);
      control.abort();
      await expect(asked).rejects.toThrow();
      await client.query('COMMIT');
    });
    await eventually('the feed to be released', () => app.app.hub.size.articles === 0);
  });

  describe('is refused', () => {
    const get = (search: string, headers: Record<string, string> = {}) =>
      fetch(`${service().url}/graphql/stream?${search}`, { headers });

    it.each<[string, string, string]>([
      ['no document', '', 'BAD_REQUEST'],
      ['two queries', 'query=a&query=b', 'BAD_REQUEST'],
      ['variables that are not JSON', 'query=x&variables={', 'BAD_REQUEST'],
      ['variables that are not an object', 'query=x&variables=[1]', 'BAD_REQUEST'],
      ['a syntax error', 'query=subscription+{', 'GRAPHQL_PARSE_FAILED'],
      ['an unknown field', 'query=subscription+{nothing}', 'GRAPHQL_VALIDATION_FAILED'],
      ['a query', 'query={__typename}', 'SUBSCRIPTIONS_ONLY'],
      ['a mutation', 'query=mutation{signOut{endedAt}}', 'SUBSCRIPTIONS_ONLY'],
      ['an invalid article id', 'query=subscription{articleEvents(articleId:"x"){cursor}}', 'BAD_USER_INPUT'],
    ])('with 400 for %s', async (_name, search, code) => {
      const response = await get(search);
      expect([response.status, await codeOf(response)]).toEqual([400, code]);
    });

    it('with its own status for a wrong method, media type, body or size', async () => {
      const send = (init: RequestInit) => fetch(`${service().url}/graphql/stream`, init);
      const post = (body: string, type = 'application/json') =>
        send({ method: 'POST', headers: { 'content-type': type }, body });
      expect([(await send({ method: 'PUT' })).status, (await send({ method: 'HEAD' })).status]).toEqual([
        405, 405,
      ]);
      expect((await post('{}', 'text/plain')).status).toBe(415);
      expect((await post('[]')).status).toBe(400);
      expect((await post('{')).status).toBe(400);
      expect((await post(JSON.stringify({ query: 'x'.repeat(1_100_000) }))).status).toBe(413);
    });

    it('to pages of foreign origins with 403, but opened for allowed origins without a preflight', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const from = (origin: string) => ({ query, variables: { articleId: id }, headers: { origin } });
      const foreign = await fetchStream(app.url, from('https://evil.example'));
      expect([foreign.status, await codeOf(foreign)]).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
      const allowed = await open(app, from('https://news.example.org'));
      expect(allowed.response.headers.get('access-control-allow-origin')).toBe('https://news.example.org');
      await allowed.waitFor(1);
      expect((await open(app, from(app.url))).response.status).toBe(200);
    });

    it('with 401 for an invalid token, and cut when the session of its token ends', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const user = await app.signUp();
      const asked = { query, variables: { articleId: id }, headers: bearer(user.token) };
      const stream = await open(app, asked);
      await stream.waitFor(1);
      await app.data('mutation { signOut { endedAt } }', {}, user.token);
      expect(await stream.end()).toBe('cut');
      const refused = await fetchStream(app.url, asked);
      expect([refused.status, refused.headers.get('www-authenticate'), await codeOf(refused)]).toEqual([
        401,
        'Bearer error="invalid_token"',
        'UNAUTHENTICATED',
      ]);
    });
  });

  it('is counted among the connections of its address and account, and charged to their budget', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start(
      {
        MAX_SOCKETS_PER_ADDRESS: '2',
        MAX_SOCKETS_PER_VIEWER: '1',
        RATE_LIMITS: 'on',
        MAX_QUERY_COST: '100',
        MAX_COST_PER_MINUTE: '100',
        TRUST_PROXY: 'true',
      },
      { database: service().database },
    );
    const { id } = await app.addArticle();
    const user = await app.signUp();
    const from = (address: string, headers: Record<string, string> = {}): StreamRequest => ({
      query,
      variables: { articleId: id },
      headers: { 'x-forwarded-for': address, ...headers },
    });
    const plain = { accept: '*/*' };
    await Promise.all(range(1, 2).map(() => open(app, from('192.0.2.1'))));
    const third = await fetchStream(app.url, from('192.0.2.1', plain));
    expect([third.status, await codeOf(third), third.headers.get('retry-after')]).toEqual([
      429,
      'RATE_LIMITED',
      '10',
    ]);
    // An EventSource would never reconnect after a 429, and therefore receives 200 and a retry delay.
    const browser = await open(app, from('192.0.2.1'));
    expect([browser.response.status, await browser.end(), browser.blocks]).toEqual([
      200,
      'complete',
      [{ retry: expect.any(String) }],
    ]);
    opened[0]?.abort();
    await eventually(
      'a stream to be accepted again',
      async () => (await open(app, from('192.0.2.1', plain))).response.status === 200,
    );

    await open(app, from('192.0.2.2', bearer(user.token)));
    const second = await fetchStream(app.url, from('192.0.2.3', { ...plain, ...bearer(user.token) }));
    expect([second.status, await codeOf(second)]).toEqual([429, 'RATE_LIMITED']);

    const costly = async () => {
      const stream = await open(app, {
        ...from('192.0.2.4', plain),
        query: `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) {
          ... on CommentEvent { comment { replies(first: 50) { nodes { id } } } } } }`,
      });
      stream.abort();
      return stream.response;
    };
    expect((await costly()).status).toBe(200);
    await eventually('the first stream to be released', () => app.app.hub.size.streams <= 3);
    const poor = await fetchStream(app.url, {
      ...from('192.0.2.4', plain),
      query: `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) {
          ... on CommentEvent { comment { replies(first: 50) { nodes { id } } } } } }`,
    });
    expect([poor.status, await codeOf(poor)]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(poor.headers.get('retry-after'))).toBeGreaterThan(1);
    for (const stream of opened.splice(0)) stream.abort();
    await app.close();
    await checkLeaks();
  });

  it('tells a browser to reconnect, and other clients the reason, while the database is unavailable', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start();
    const { id } = await app.addArticle();
    const { name } = app.database;
    await onDatabase(serverUrl(), async (client) => {
      await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      const browser = await fetchStream(app.url, { query, variables: { articleId: id } });
      expect([browser.status, await browser.text()]).toEqual([
        200,
        expect.stringMatching(/^retry: \d+\n\n$/),
      ]);
      const other = await fetchStream(app.url, { query, variables: { articleId: id }, method: 'POST' });
      expect([other.status, await codeOf(other)]).toEqual([503, 'UNAVAILABLE']);
      await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    });
    await app.close();
    await checkLeaks();
  });

  describe('of a client that does not read', () => {
    const heavy = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) { sequence cursor
      ... on CommentEvent { comment { ${range(1, 30)
        .map((n) => `a${n}: bodyText`)
        .join(' ')} } } } }`;

    /** Opens a stream on a connection that the test can pause. */
    function paused(app: TestApp, articleId: string, path: string) {
      const { hostname, port } = new URL(app.url);
      const socket = connect({ host: hostname, port: Number(port) });
      const search = new URLSearchParams({ query: heavy, variables: JSON.stringify({ articleId }) });
      const head = `GET ${path}?${search.toString()} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream`;
      socket.write(`${head}\r\n\r\n`);
      const received: Buffer[] = [];
      const text = () => Buffer.concat(received).toString();
      socket.on('data', (chunk) => received.push(chunk)).on('error', () => undefined);
      return {
        socket,
        text,
        lastId: () =>
          text()
            .match(/^id: (.+)$/gm)
            ?.at(-1)
            ?.slice(4),
      };
    }

    it.each<[string, string, Record<string, string>]>([
      ['and falls too far behind', '/graphql/stream', { MAX_LIVE_TAIL_EVENTS: '20' }],
      ['and falls too far behind', '/graphql', { MAX_LIVE_TAIL_EVENTS: '20' }],
      [
        'from one heartbeat to the next',
        '/graphql/stream',
        { SOCKET_PING_MS: '400', MAX_LIVE_TAIL_EVENTS: '10000', MAX_LIVE_TAIL_BYTES: '1073741824' },
      ],
    ])('%s at %s is cut, and can be resumed from its last event', async (_name, path, settings) => {
      const checkLeaks = watchForLeaks();
      const app = await TestApp.start(settings, { database: service().database });
      const { id, articleId } = await app.addArticle();
      const user = await app.signUp();
      await app.addComment(user, { articleId: id, body: 'x'.repeat(10_000) });
      const slow = paused(app, id, path);
      await eventually('the checkpoint', () => slow.lastId());
      slow.socket.pause();
      await append(app, articleId, 150);
      await eventually(
        'the stream of the client that does not read to be released',
        () => app.app.hub.size.streams === 0,
      );
      slow.socket.resume();
      await once(slow.socket, 'close');
      const seen = slow.text().match(/"sequence":\d+/g)?.length ?? 0;
      expect(seen).toBeLessThan(130);
      expect(slow.text()).not.toContain('event: complete');

      const resumed = await open(app, {
        query,
        variables: { articleId: id },
        headers: { 'last-event-id': slow.lastId() ?? '' },
      });
      await eventually(
        'the remaining events',
        () => resumed.events.at(-1)?.__typename === 'ArticleCheckpoint',
      );
      const first = Number(/\|(\d+)\.$/.exec(Buffer.from(slow.lastId() ?? '', 'base64url').toString())?.[1]);
      expect(resumed.events.slice(0, -1).map(({ sequence }) => sequence as number)).toEqual(
        range(first + 1, 151),
      );
      resumed.abort();
      await app.close();
      await checkLeaks();
    });
  });

  it('is kept alive by comments of the protocol', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start({ SOCKET_PING_MS: '100' }, { database: service().database });
    const { id } = await app.addArticle();
    const stream = await open(app, { query, variables: { articleId: id } });
    await eventually('three heartbeats', () => (stream.text.match(/^:$/gm)?.length ?? 0) >= 3);
    stream.abort();
    await app.close();
    await checkLeaks();
  });
});

describe('a service that stops', () => {
  it('cuts its streams like its sockets, in batches, and meanwhile tells browsers to reconnect', async () => {
    const checkLeaks = watchForLeaks();
    const { lines, logger } = keptLogger();
    const app = await TestApp.start({}, { logger });
    const { id } = await app.addArticle();
    const asked = { query, variables: { articleId: id } };
    const socket = await new RawSocket(app.url).open();
    const streams = await Promise.all(range(1, 8).map(() => open(app, asked)));
    for (const stream of streams) await stream.waitFor(1);
    // Browsers open such connections in advance.
    const silent = connect({ host: '127.0.0.1', port: Number(new URL(app.url).port) });
    await once(silent, 'connect');
    const closing = app.close();
    // The WebSocket closes first; by then new connections are refused, and the streams end one by one.
    expect(await socket.closeCode()).toBe(1012);
    const browser = await fetchStream(app.url, asked);
    expect([browser.status, await browser.text()]).toEqual([200, expect.stringMatching(/^retry: \d+\n\n$/)]);
    const other = await fetchStream(app.url, { ...asked, method: 'POST' });
    expect([other.status, await codeOf(other)]).toEqual([503, 'UNAVAILABLE']);
    expect(streams.filter(({ ended }) => ended === undefined).length).toBeGreaterThan(0);
    for (const stream of streams) expect(await stream.end()).toBe('cut');
    await closing;
    await eventually('the silent connection to be ended', () => silent.destroyed);
    // A deploy is no fault.
    expect(lines.filter((line) => line.includes('"level":50'))).toEqual([]);
    await checkLeaks();
  });
});

describe('the stock graphql-sse client', () => {
  it('receives the errors of its operation, and continues after a restart where it was interrupted', async () => {
    const seen: number[] = [];
    let client: ReturnType<typeof createClient> | undefined;
    let article = '';
    let user: TestUser | undefined;
    await restart({
      async before(app) {
        ({ id: article } = await app.addArticle());
        user = await app.signUp();
        client = createClient({
          url: `${app.url}/graphql/stream`,
          retryAttempts: Infinity,
          retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
        });
        const { value: wrong } = await client.iterate({ query: 'subscription { nothing }' }).next();
        expect(wrong?.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);

        const variables: Record<string, unknown> = { articleId: article };
        client.subscribe(
          { query, variables },
          {
            next: ({ data }) => {
              const event = data?.articleEvents as { __typename: string; sequence: number; cursor: string };
              variables.after = event.cursor;
              if (event.__typename === 'CommentAdded') seen.push(event.sequence);
            },
            error: (error) => {
              throw error;
            },
            complete: () => undefined,
          },
        );
        await eventually('the checkpoint', () => variables.after !== undefined);
        await app.addComment(user, { articleId: article });
        await eventually('the first comment', () => seen.length === 1);
      },
      async meanwhile(other) {
        for (let n = 0; n < 3; n++) await other.addComment(user as TestUser, { articleId: article });
      },
      async after(app) {
        await eventually('the comments made during the restart', () => seen.length === 4);
        await app.addComment(user as TestUser, { articleId: article });
        await eventually('the comment made after the restart', () => seen.length === 5);
        expect(seen).toEqual(range(1, 5));
        client?.dispose();
        await eventually('the feed to be released', () => app.app.hub.size.streams === 0);
      },
    });
  });
});
