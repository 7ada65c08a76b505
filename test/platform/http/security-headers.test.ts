/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { TestApp, useApp } from '../../support/app.ts';
import { makeWebRoot } from '../../support/web-page.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

const html = { accept: 'text/html' };
const graphql = '/graphql?query=%7B__typename%7D';
const preflight = { 'apollo-require-preflight': '1' };
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

/** Sends one request, without the headers that a higher-level client adds. */
async function ask(
  app: TestApp,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  const asked = request(app.url + path, { method, headers, agent: false });
  asked.end();
  const [response] = await once(asked, 'response');
  response.destroy();
  return { status: response.statusCode, headers: response.headers };
}

/** The response to bytes that are not a request, or not a request that the framework can parse. */
async function say(app: TestApp, bytes: string): Promise<Answer> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.write(bytes);
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  await once(socket, 'close');
  const [head = ''] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ');
    return [name.toLowerCase(), value.join(': ')];
  });
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers) };
}

/** Every kind of response, with its expected status. */
async function everyKind(app: TestApp): Promise<[what: string, status: number, answer: Answer][]> {
  const id = { 'x-request-id': 'trace-of-somebody' };
  const get = (path: string, headers = {}, method = 'GET') => ask(app, path, { ...id, ...headers }, method);
  const etagOf = async (path: string, headers = {}) => String((await get(path, headers)).headers.etag);
  const stream = `/graphql/stream?query=${encodeURIComponent('{ __typename }')}`;
  return [
    ['public answer', 200, await get(graphql, preflight)],
    [
      '304 of one',
      304,
      await get(graphql, { ...preflight, 'if-none-match': await etagOf(graphql, preflight) }),
    ],
    ['private answer', 200, await get('/graphql?query=%7Bviewer%7Bid%7D%7D', preflight)],
    ['refused GraphQL', 200, await get('/graphql?query=%7B', preflight)],
    [
      'preflight',
      403,
      await get(
        '/graphql',
        { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
        'OPTIONS',
      ),
    ],
    ['explorer', 200, await get('/graphql', html)],
    [
      '304 of the explorer',
      304,
      await get('/graphql', { ...html, 'if-none-match': await etagOf('/graphql', html) }),
    ],
    ['page', 200, await get('/', html)],
    ['304 of the page', 304, await get('/', { ...html, 'if-none-match': await etagOf('/', html) })],
    ['no page', 404, await get('/nowhere', html)],
    ['script of the page', 200, await get('/assets/index-abc123.js')],
    ['icon', 200, await get('/favicon.svg')],
    ['nothing', 404, await get('/nowhere')],
    ['wrong method', 405, await get('/graphql', {}, 'PUT')],
    ['unreadable address', 400, await get('/%')],
    ['unreadable address of a page', 404, await get('/%', html)],
    ['refused stream', 400, await get(stream)],
    ['refused page of a stream', 403, await get(stream, { origin: 'https://evil.example' })],
    ['health', 200, await get('/health/live')],
    ['metrics', 200, await get('/metrics')],
    ['refused upgrade', 403, await get('/graphql', { ...upgrade, origin: 'https://evil.example' })],
    ['upgrade elsewhere', 404, await get('/nowhere', upgrade)],
    ['no HTTP', 400, await say(app, 'hello\r\n\r\n')],
  ];
}

describe('the headers of every response', () => {
  const web = makeWebRoot();
  const service = useApp({ HSTS_SECONDS: '86400' }, { webRoot: web.path });

  it('forbid framing without contradiction, allow no browser feature, and require HTTPS', async () => {
    for (const [what, status, { status: got, headers }] of await everyKind(service())) {
      const policy = String(headers['content-security-policy']);
      expect([what, got]).toEqual([what, status]);
      expect([what, policy.match(/frame-ancestors [^;]*/g)]).toEqual([what, ["frame-ancestors 'none'"]]);
      expect([what, policy]).toEqual([what, expect.stringMatching(/^default-src 'none'/)]);
      expect([what, headers['x-frame-options']]).toEqual([what, 'DENY']);
      expect([what, headers['x-content-type-options']]).toEqual([what, 'nosniff']);
      expect([what, headers['strict-transport-security']]).toEqual([what, 'max-age=86400']);
      const features = String(headers['permissions-policy']).split(', ');
      expect([what, features]).toEqual([what, expect.arrayContaining(['camera=()', 'geolocation=()'])]);
      expect(features.every((feature) => feature.endsWith('=()'))).toBe(true);
    }
  });

  it('contain the request’s id only if no cache may store the response', async () => {
    const named: string[] = [];
    for (const [what, , { headers }] of await everyKind(service())) {
      const control = headers['cache-control'];
      const isKept = control !== undefined && control !== 'no-store';
      const id = headers['x-request-id'];
      expect([what, isKept && id !== undefined]).toEqual([what, false]);
      if (id !== undefined) {
        expect([what, id]).toEqual([what, 'trace-of-somebody']);
        named.push(what);
      }
    }
    expect(named).toEqual(
      expect.arrayContaining(['private answer', 'refused GraphQL', 'nothing', 'refused stream', 'health']),
    );
  });

  it('are equal for all clients if the response is public', async () => {
    const ask2 = async (id: string) => {
      const { headers } = await ask(service(), graphql, { ...preflight, 'x-request-id': id });
      return { ...headers, date: undefined };
    };
    expect(await ask2('trace-of-the-first')).toEqual(await ask2('trace-of-the-second'));
  });
});

it('the headers do not require HTTPS without HSTS_SECONDS', async () => {
  const web = makeWebRoot();
  const app = await TestApp.start({}, { webRoot: web.path });
  try {
    for (const [what, , { headers }] of await everyKind(app))
      expect([what, headers['strict-transport-security']]).toEqual([what, undefined]);
  } finally {
    await app.close();
    web.remove();
  }
});
