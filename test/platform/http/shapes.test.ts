/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { keptLogger } from '../../support/kept-logger.ts';
import { TestApp, useApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';

const { lines, logger } = keptLogger();

const logged = () => lines.map((line) => JSON.parse(line) as { level: unknown; msg: string });

/** The log's level number of warnings. */
const warning = 40;

/** A connection for raw HTTP; `text` returns what was received so far. */
function rawClient(url: string, allowHalfOpen = false): { socket: Socket; text: () => string } {
  let received = '';
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen });
  socket.on('data', (data: Buffer) => (received += data.toString()));
  socket.on('error', () => undefined);
  return { socket, text: () => received };
}

describe('requests that are not GraphQL requests get errors in one shape:', () => {
  const service = useApp({ ALLOWED_ORIGINS: 'https://news.example.org' }, { logger });
  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${service().url}${path}`, { redirect: 'manual', ...init });
  const errorOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toContain('application/json');
    const body = (await response.json()) as { errors: [{ message: string; extensions: { code: string } }] };
    expect(Object.keys(body)).toEqual(['errors']);
    expect(body.errors).toEqual([{ message: expect.any(String), extensions: { code: expect.any(String) } }]);
    return { message: body.errors[0].message, ...body.errors[0].extensions };
  };

  it.each([
    ['PUT', '/graphql', {}, 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/graphql/', {}, 'GET, HEAD, POST, OPTIONS'],
    ['DELETE', '/graphql', {}, 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/graphql', { 'content-type': 'application/x-www-form-urlencoded' }, 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/health/live', { 'content-type': 'application/json' }, 'GET, HEAD, OPTIONS'],
    ['POST', '/', {}, 'GET, HEAD, OPTIONS'],
  ])('%s %s is refused with 405 and the allowed methods', async (method, path, headers, allow) => {
    const response = await send(path, { method, headers, ...(method === 'DELETE' ? {} : { body: 'x=y' }) });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect((await errorOf(response)).code).toBe('BAD_REQUEST');
  });

  it('an OPTIONS request that is no preflight is answered with 204', async () => {
    const response = await send('/graphql', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
  });

  it('an unknown path is refused with 404, and a malformed one with 400', async () => {
    for (const method of ['GET', 'POST']) {
      const response = await send('/nowhere', { method });
      expect([response.status, (await errorOf(response)).code]).toEqual([404, 'NOT_FOUND']);
    }
    const unreadable = await send('/%zz');
    expect([unreadable.status, (await errorOf(unreadable)).code]).toEqual([400, 'BAD_REQUEST']);
  });

  it.each([
    ['POST', '/graphql/explorer/1/some.js'],
    ['PUT', '/unsubscribe/:token'],
    ['DELETE', '/articles/some/comments.atom'],
  ])('%s %s is refused with 405: the address has a parameter', async (method, path) => {
    const response = await send(path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([
      405,
      expect.stringMatching(/^GET, HEAD/),
    ]);
  });

  it('a path is only looked up, however much it looks like a pattern of paths', async () => {
    lines.length = 0;
    for (const path of [
      '/:a(',
      '/:a([)',
      '/:a(x+x+)+y',
      '/:a',
      '/*',
      '/assets/*',
      '/articles/*/comments',
      '/graphql/explorer/:version/:name',
      '/a::b',
    ])
      for (const method of ['GET', 'PUT']) {
        const { status } = await send(path, { method });
        const isRoute = method === 'PUT' && path.startsWith('/graphql');
        expect([method, path, status]).toEqual([method, path, isRoute ? 405 : 404]);
      }
    expect((await send('/%zz', { method: 'PUT' })).status).toBe(400);
    expect(lines.filter((line) => line.includes('fault'))).toEqual([]);
  });

  it('another content type is refused with 415 and the accepted one', async () => {
    const response = await send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/xml' },
      body: '<x/>',
    });
    expect([response.status, (await errorOf(response)).message]).toEqual([
      415,
      'Send the operation as JSON in UTF-8, not compressed: content-type application/json.',
    ]);
  });

  it('a GET with too long an address is refused with the advice to use POST', async () => {
    const response = await send(`/graphql?query=${'x'.repeat(20_000)}`);
    expect([response.status, (await errorOf(response)).message]).toEqual([
      431,
      'The address and headers are longer than 16 KiB: send the operation by POST.',
    ]);
  });

  it('bytes that are not HTTP are refused with 400', async () => {
    const { socket, text } = rawClient(service().url);
    socket.write('EHLO example.org\r\n\r\n');
    await once(socket, 'close');
    expect(text()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(text().split('\r\n\r\n')[1] ?? '')).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it('clients that are refused with 400 hold no connection by leaving their side of it open', async () => {
    const { socket, text } = rawClient(service().url, true);
    socket.write('EHLO example.org\r\n\r\n');
    await once(socket, 'end');
    expect(text()).toContain(' 400 ');
    await eventually('the other side to close', () => {
      if (!socket.destroyed) socket.write('x');
      return socket.destroyed;
    });
  });

  it('`GET /` redirects browsers to the explorer, and lists the addresses for programs', async () => {
    const browser = await send('/', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect([browser.status, browser.headers.get('location')]).toEqual([303, '/graphql']);
    const addresses = (await (await send('/')).json()) as Record<string, string>;
    expect(addresses.graphql).toBe('/graphql');
    for (const path of ['schema', 'live', 'ready', 'metrics']) {
      const response = await send(addresses[path] ?? '/nowhere');
      expect(response.status).toBe(200);
      // An answer that nobody reads keeps its connection.
      await response.text();
    }
  });

  describe('an origin that ALLOWED_ORIGINS does not list is refused with the setting’s name', () => {
    const preflight = (origin: string) =>
      send('/graphql', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });

    it('in the response to a preflight, and in the log', async () => {
      const response = await preflight('https://other.example.org');
      const message =
        'https://other.example.org may not use this service from a page: ALLOWED_ORIGINS does not list it.';
      expect([response.status, await errorOf(response)]).toEqual([
        403,
        { code: 'ORIGIN_NOT_ALLOWED', message },
      ]);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(logged()).toContainEqual(expect.objectContaining({ level: warning, msg: message }));
      expect((await preflight('https://news.example.org')).status).toBe(204);
    });

    it('in the response to a WebSocket upgrade, and in the log', async () => {
      lines.length = 0;
      const { socket, text } = rawClient(service().url);
      socket.write(
        'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
          'Origin: https://other.example.org\r\n\r\n',
      );
      await once(socket, 'close');
      expect(text()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
      const body = JSON.parse(text().split('\r\n\r\n')[1] ?? '');
      expect(body.errors[0].extensions.code).toBe('ORIGIN_NOT_ALLOWED');
      expect(body.errors[0].message).toContain('ALLOWED_ORIGINS');
      expect(logged()).toContainEqual(
        expect.objectContaining({ level: warning, msg: body.errors[0].message }),
      );
    });

    it('without repeating an Origin header that is not an origin', async () => {
      const response = await preflight('"><script>');
      expect((await errorOf(response)).message).toMatch(/^This origin may not/);
    });
  });
});

describe('while the service closes', () => {
  it('a request that arrives on an open connection is refused in the same shape', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start();
    const { socket, text } = rawClient(app.url);
    const request = (body: string) =>
      `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    await onDatabase(app.database.url, async (client) => {
      await client.query('BEGIN; LOCK TABLE article IN ACCESS EXCLUSIVE MODE');
      socket.write(request('{"query":"{ articles { nodes { id } } }"}'));
      await eventually('the first request to wait', async () => {
        const { rows } = await client.query(
          'SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::regclass',
          ['article'],
        );
        return rows.length > 0;
      });
      const closed = app.app.close();
      await eventually('the port to close', () =>
        fetch(`${app.url}/health/live`).then(
          () => false,
          () => true,
        ),
      );
      socket.write(request('{"query":"{ __typename }"}'));
      await client.query('ROLLBACK');
      await closed;
    });
    const answers = await eventually('both responses', () => {
      const found = text().match(/HTTP\/1\.1 \d+/g) ?? [];
      return found.length === 2 ? found : undefined;
    });
    expect(answers).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);
    expect(text()).toContain(
      '{"errors":[{"message":"The service is shutting down: try again.","extensions":{"code":"UNAVAILABLE"}}]}',
    );
    socket.destroy();
    await app.database.drop();
    await checkLeaks();
  });
});
