/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { TestApp, useApp } from '../../support/app.ts';
import { onDatabase, serverUrl } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { EventStream } from '../../support/event-stream.ts';
import { RawSocket } from '../../support/raw-socket.ts';
import { untilReady } from '../../support/readiness.ts';

const entries: Record<string, unknown>[] = [];
const logger = pino(
  { level: 'info' },
  { write: (line) => void entries.push(JSON.parse(line) as Record<string, unknown>) },
);

const json = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: '{ __typename }' });

describe('for operators,', () => {
  const service = useApp({ ALLOWED_ORIGINS: 'https://news.example.org' }, { logger });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${service().url}${path}`, { headers });

  describe('the service', () => {
    it('is live and ready', async () => {
      const live = await get('/health/live');
      expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
      const ready = await eventually('the service to be ready', async () => {
        const response = await get('/health/ready');
        return response.status === 200 && response;
      });
      expect(await ready.json()).toEqual({ status: 'ready' });
    });

    it('is live and not ready while the database is away, and ready again when the database is back', async () => {
      const checkLeaks = watchForLeaks();
      const app = await TestApp.start();
      const { name } = app.database;
      await onDatabase(serverUrl(), async (client) => {
        await untilReady(app.url);
        await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
        await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
          name,
        ]);
        const answer = await eventually('the service to be not ready', async () => {
          const response = await fetch(`${app.url}/health/ready`);
          return response.status === 503 && response;
        });
        expect(await answer.json()).toEqual({ status: 'not ready', reason: 'the database does not answer' });
        expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
        await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
        await untilReady(app.url);
      });
      await app.close();
      await checkLeaks();
    });
  });

  describe('metrics', () => {
    /** The value of one sample; its labels may be in any order. */
    async function sample(name: string, labels: Record<string, string> = {}): Promise<number> {
      const response = await get('/metrics');
      expect(response.headers.get('content-type')).toContain('text/plain');
      const line = (await response.text())
        .split('\n')
        .find(
          (text) =>
            (text.startsWith(`${name}{`) || text.startsWith(`${name} `)) &&
            Object.entries(labels).every(([key, value]) => text.includes(`${key}="${value}"`)),
        );
      return Number(line?.split(' ').at(-1) ?? 0);
    }

    it('count requests, operations with their latency, and errors by code', async () => {
      const app = service();
      await app.query('{ __typename }');
      await app.query('{ nothing }');
      await app.query('{ articles(first: 1000) { nodes { id } } }');
      await app.query('{ __typename }', {}, { token: 'nonsense' });
      const route = { route: '/graphql', method: 'POST', status: '200' };
      expect(await sample('standfirst_http_request_seconds_count', route)).toBeGreaterThanOrEqual(1);
      expect(
        await sample('standfirst_http_request_seconds_bucket', { ...route, le: '+Inf' }),
      ).toBeGreaterThanOrEqual(1);
      expect(await sample('standfirst_http_request_seconds_count', { status: '401' })).toBe(1);
      expect(
        await sample('standfirst_graphql_operation_seconds_count', { type: 'query', outcome: 'ok' }),
      ).toBeGreaterThanOrEqual(1);
      expect(await sample('standfirst_graphql_errors_total', { code: 'GRAPHQL_VALIDATION_FAILED' })).toBe(1);
      expect(await sample('standfirst_graphql_errors_total', { code: 'BAD_USER_INPUT' })).toBe(1);
      expect(await sample('standfirst_graphql_errors_total', { code: 'UNAUTHENTICATED' })).toBe(1);
      // A path that does not exist must not create a time series of its own.
      await get('/made-up/1');
      expect(await sample('standfirst_http_request_seconds_count', { route: 'none', status: '404' })).toBe(1);
    });

    it('show sockets, streams, the pool and the event loop', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const raw = await new RawSocket(app.url).open();
      raw.subscribe('1', `subscription { articleEvents(articleId: "${id}") { cursor } }`);
      raw.subscribe('2', 'subscription { nothing }');
      await raw.answerTo('1');
      await raw.answerTo('2');
      const stream = await EventStream.open(app.url, {
        query: 'subscription ($id: ID!) { articleEvents(articleId: $id) { cursor } }',
        variables: { id },
      });
      await stream.waitFor(1);
      expect(await sample('standfirst_websockets')).toBe(1);
      expect(await sample('standfirst_event_streams')).toBe(1);
      expect(await sample('standfirst_live_streams')).toBe(2);
      stream.abort();
      await eventually('the stream to be gone', async () => (await sample('standfirst_event_streams')) === 0);
      // A stream that has ended already says what is wrong with an operation.
      const ended = await fetch(`${app.url}/graphql/stream`, {
        method: 'POST',
        headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'subscription { nothing }' }),
      });
      expect([ended.status, ended.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream; charset=utf-8',
      ]);
      expect(await ended.text()).toContain('nothing');
      expect(await sample('standfirst_http_request_seconds_count', { route: '/graphql/stream' })).toBe(0);
      expect(await sample('standfirst_watched_articles')).toBe(1);
      expect(await sample('standfirst_graphql_errors_total', { code: 'GRAPHQL_VALIDATION_FAILED' })).toBe(3);
      expect(await sample('standfirst_pool_connections')).toBeGreaterThan(0);
      expect(await sample('standfirst_pool_waiting_requests')).toBe(0);
      const text = await (await get('/metrics')).text();
      expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
      expect(text).toMatch(/^standfirst_pool_idle_connections \d+$/m);
      raw.ws.close();
      await eventually('the socket to be gone', async () => (await sample('standfirst_websockets')) === 0);
      expect(await sample('standfirst_websocket_closes_total', { code: '1005' })).toBe(1);
      // Close codes that peers choose share one time series.
      for (const code of [3000, 3999, 4000, 4321, 4999])
        (await new RawSocket(app.url).opened()).ws.close(code);
      await eventually(
        'the close codes of peers to be counted together',
        async () => (await sample('standfirst_websocket_closes_total', { code: 'other' })) === 5,
      );
      expect(await (await get('/metrics')).text()).not.toMatch(/closes_total{code="(3|4321|4999|4000)/);
      for (const method of ['PROPFIND', 'PUT']) await fetch(`${app.url}/graphql`, { method });
      expect(await sample('standfirst_http_request_seconds_count', { method: 'other' })).toBeGreaterThan(0);
      expect(await (await get('/metrics')).text()).not.toContain('method="PUT"');
      expect(await sample('standfirst_live_streams')).toBe(0);
    });
  });

  describe('the request id', () => {
    const lineOf = (id: string) =>
      eventually('the log line of the request', () => entries.find(({ requestId }) => requestId === id));

    it('is taken from the request if it is well-formed, and is in the log and the response', async () => {
      const id = 'trace-0123456789.abc_DEF';
      const response = await fetch(`${service().url}/graphql?secret=1`, {
        method: 'POST',
        headers: { ...json, 'x-request-id': id },
        body,
      });
      expect(response.headers.get('x-request-id')).toBe(id);
      const line = await lineOf(id);
      expect(line).toMatchObject({ method: 'POST', path: '/graphql', status: 200, msg: 'request' });
      expect(JSON.stringify(line)).not.toContain('secret');
    });

    it('is generated if the request has no well-formed one', async () => {
      for (const given of [
        undefined,
        'short',
        'x'.repeat(65),
        'with spaces in it',
        '{"level":50}',
        'ümläute-sind-keine',
      ]) {
        const response = await fetch(`${service().url}/graphql`, {
          method: 'POST',
          headers: {
            ...json,
            ...(given === undefined ? {} : { 'x-request-id': Buffer.from(given).toString('latin1') }),
          },
          body,
        });
        const id = response.headers.get('x-request-id') ?? '';
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
        await lineOf(id);
      }
    });

    it('is also in responses to requests that do not reach GraphQL', async () => {
      const response = await get('/nowhere', { 'x-request-id': 'trace-of-nothing' });
      expect([response.status, response.headers.get('x-request-id')]).toEqual([404, 'trace-of-nothing']);
      expect(await lineOf('trace-of-nothing')).toMatchObject({ status: 404 });
    });
  });

  describe('CORS', () => {
    const preflight = (origin: string, headers = 'content-type,authorization') =>
      fetch(`${service().url}/graphql`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': headers,
        },
      });

    it('admits pages of an allowed origin', async () => {
      const { status, headers } = await preflight('https://news.example.org');
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe('https://news.example.org');
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('access-control-allow-headers')).toContain('authorization');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      const answer = await fetch(`${service().url}/graphql`, {
        method: 'POST',
        headers: { ...json, origin: 'https://news.example.org' },
        body,
      });
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://news.example.org');
      expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
      expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
    });

    it('admits no other pages', async () => {
      for (const origin of ['https://evil.example', 'http://news.example.org', 'null']) {
        const { headers } = await preflight(origin);
        expect(headers.get('access-control-allow-origin')).not.toBe(origin);
        expect(headers.get('access-control-allow-origin')).not.toBe('*');
      }
    });
  });

  it('responses have headers that keep browsers from misinterpreting them', async () => {
    const response = await fetch(`${service().url}/graphql`, { method: 'POST', headers: json, body });
    const { headers } = response;
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('under the limit of requests,', () => {
  const service = useApp({ RATE_LIMITS: 'on', MAX_REQUESTS_PER_MINUTE: '10' });
  const statusesOf = async (path: string, method = 'GET'): Promise<Set<number>> => {
    const statuses = new Set<number>();
    for (let sent = 0; sent < 30; sent += 1)
      statuses.add((await fetch(`${service().url}${path}`, { method })).status);
    return statuses;
  };

  it('nothing but the probes themselves is exempt', async () => {
    await untilReady(service().url);
    expect(await statusesOf('/health/x')).toEqual(new Set([404, 429]));
    for (const [path, method] of [
      ['/health/'],
      ['/health/live/x'],
      ['/health/ready%2fx'],
      ['/health/live', 'POST'],
    ] as const)
      expect(await statusesOf(path, method)).toEqual(new Set([429]));
    for (const path of ['/health/live', '/health/ready', '/health/live?now=1'])
      for (const method of ['GET', 'HEAD']) expect(await statusesOf(path, method)).toEqual(new Set([200]));
  });
});
