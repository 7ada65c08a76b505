/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { strikesToBar } from '../../../src/platform/http/connection-limit.ts';
import { createTurnServer, maxPipelined } from '../../../src/platform/http/request-turns.ts';
import type { Gate } from '../../../src/platform/operations/gate.ts';
import { type TestApp, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

const operation = JSON.stringify({ query: '{ __typename }' });

/** Everything that a connection receives until it closes. */
const exchange = (app: Pick<TestApp, 'url'>, ...parts: readonly (string | Buffer)[]): Promise<string> =>
  exchangeFrom('127.0.0.1', app, ...parts);

/** Like `exchange`, from another address of this machine. */
async function exchangeFrom(
  localAddress: string,
  { url }: Pick<TestApp, 'url'>,
  ...parts: readonly (string | Buffer)[]
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  const chunks: Buffer[] = [];
  socket.on('error', () => undefined).on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  for (const part of parts) {
    // Sends each part in a segment of its own, as far as the operating system allows.
    await new Promise((resolve) => socket.write(part, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  return Buffer.concat(chunks).toString();
}

const head = (...fields: readonly string[]): string =>
  ['POST /graphql HTTP/1.1', 'Host: x', 'Connection: close', 'Content-Type: application/json', ...fields]
    .concat('', '')
    .join('\r\n');

const chunk = (data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);

const chunked = (data: Buffer, size: number): Buffer =>
  Buffer.concat([
    ...Array.from({ length: Math.ceil(data.length / size) }, (_, index) =>
      chunk(data.subarray(index * size, (index + 1) * size)),
    ),
    Buffer.from('0\r\n\r\n'),
  ]);

describe('a body', () => {
  const service = useApp();

  it('may come in pieces that end within a character', async () => {
    const app = service();
    const { slug } = await app.addArticle();
    const body = Buffer.from(
      JSON.stringify({
        query: '# é 🎈 ж\n query ($s: String!) { article(slug: $s) { slug } }',
        variables: { s: slug },
      }),
    );
    const whole = await exchange(
      app,
      head(`Content-Length: ${body.length}`),
      ...[...body].map((byte) => Buffer.of(byte)),
    );
    expect(whole).toContain(`"slug":"${slug}"`);
    const inChunks = await exchange(app, head('Transfer-Encoding: chunked'), chunked(body, 3));
    expect(inChunks).toContain(`"slug":"${slug}"`);
  });

  it.each([
    ['ASCII', 'plain'],
    ['Latin', 'caffè, naïve'],
    ['characters of several planes', '\u0000 é Ж 中 🎈 𝕏 \uffff'],
    ['a byte order mark', '\ufeff'],
  ])('may contain %s, with and without a byte order mark before the JSON', async (_, text) => {
    // The error message repeats the text as JSON.
    const body = JSON.stringify({
      query: 'query ($n: Int!) { articles(first: $n) { __typename } }',
      variables: { n: text },
    });
    for (const mark of ['', '\ufeff']) {
      const length = Buffer.byteLength(mark + body);
      const answer = await exchange(service(), head(`Content-Length: ${length}`), mark + body);
      expect(answer).toContain(JSON.stringify(JSON.stringify(text)).slice(1, -1));
    }
  });

  it('that comes in a great many tiny chunks is refused', async () => {
    const body = Buffer.from(JSON.stringify({ query: `{ __typename } # ${'x'.repeat(50_000)}` }));
    const answer = await exchangeFrom(
      '127.0.0.2',
      service(),
      head('Transfer-Encoding: chunked'),
      chunked(body, 1),
    );
    expect(answer).toBe('');
    // The client's address is blocked for a while, and no other address is.
    expect(await exchangeFrom('127.0.0.2', service(), head('Content-Length: 0'))).toBe('');
    expect((await service().query('{ __typename }')).status).toBe(200);
  });

  it.each([
    ['GET', '/health/live'],
    ['POST', '/nowhere'],
    ['POST', '/graphql'],
  ])('in tiny chunks that no handler reads ends the connection: %s %s', async (method, path) => {
    const request = `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n`;
    // The body has no end; the connection ends all the same.
    const endless = '1\r\nx\r\n'.repeat(20_000);
    expect(await exchangeFrom('127.0.0.3', service(), request, endless)).toMatch(/^(HTTP\/1\.1 |$)/);
  });

  it('that is long and not read ends the connection after the response', async () => {
    const answer = await exchange(
      service(),
      'POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\nx',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('in chunks is bounded like any other', async () => {
    const body = Buffer.from(JSON.stringify({ query: `{ __typename } # ${'x'.repeat(1_100_000)}` }));
    const answer = await exchange(service(), head('Transfer-Encoding: chunked'), chunked(body, 16_384));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });

  it('that is not UTF-8, or declares another encoding, is refused', async () => {
    const send = async (type: string, body: Buffer, encoding?: string) => {
      const response = await fetch(`${service().url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': type, ...(encoding ? { 'content-encoding': encoding } : {}) },
        body: new Uint8Array(body),
      });
      const answer = (await response.json()) as { errors?: { message: string }[] };
      return [response.status, answer.errors?.[0]?.message];
    };
    const latin1 = Buffer.from(operation.replace('{ __', '{ # caf\xe9\\n __'), 'latin1');
    const plain = 'Send the operation as JSON in UTF-8, not compressed: content-type application/json.';
    expect(await send('application/json', latin1)).toEqual([400, 'The body is not UTF-8.']);
    expect(await send('application/json; charset=iso-8859-1', latin1)).toEqual([415, plain]);
    expect(await send('application/json; charset="utf-16"', Buffer.from(operation))).toEqual([415, plain]);
    expect(await send('application/json', Buffer.from(operation), 'gzip')).toEqual([415, plain]);
    expect(await send('application/json; charset=UTF-8', Buffer.from(operation))).toEqual([200, undefined]);
  });
});

describe('bodies with a Content-Length', () => {
  const service = useApp({ MAX_HELD_BYTES_PER_CLIENT: '200000', MAX_REQUEST_BYTES: '100000' });

  it.each(['/graphql', '/graphql/', '/%67raphql', '/graphql/stream/'])(
    'count as held before they arrive, however the path is written: %s',
    async (path) => {
      const app = service();
      const { hostname, port } = new URL(app.url);
      const sockets = Array.from({ length: 4 }, () => {
        const socket = connect({ host: hostname, port: Number(port) });
        const state = { socket, answer: '' };
        socket.on('error', () => undefined).on('data', (data: Buffer) => (state.answer += data.toString()));
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n{`,
        );
        return state;
      });
      await eventually(
        'two requests to be refused',
        () => sockets.filter(({ answer }) => answer.startsWith('HTTP/1.1 429 ')).length === 2,
      );
      for (const { socket } of sockets) socket.destroy();
      await eventually('all bytes to be released', async () => {
        const text = await (await fetch(`${app.url}/metrics`)).text();
        return text.includes('\nstandfirst_held_bytes 0\n');
      });
    },
  );
});

describe('pipelined requests', () => {
  const service = useApp();
  const request = `GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n`;
  const last = `GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

  it('are answered, and a connection with too many of them is closed', async () => {
    const app = service();
    const few = await exchange(app, request.repeat(9) + last);
    expect(few.match(/HTTP\/1\.1 404 /g)).toHaveLength(10);
    const many = await exchange(app, request.repeat(2000) + last);
    expect((many.match(/HTTP\/1\.1 404 /g) ?? []).length).toBeLessThanOrEqual(10);
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
  });

  it('without a host, or with an unknown expectation, are answered', async () => {
    const app = service();
    expect(await exchange(app, 'GET /nowhere HTTP/1.1\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 .*connection: close/is,
    );
    const unknown = 'GET /nowhere HTTP/1.1\r\nHost: x\r\nExpect: x\r\nConnection: close\r\n\r\n';
    expect(await exchange(app, unknown)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('beyond what a connection may have are not made into requests', async () => {
    const gate = { turn: () => new Promise<void>(() => undefined) } as unknown as Gate;
    const options = {
      gate,
      trustProxy: false,
      leaving: new AbortController().signal,
      onTinyChunks: () => undefined,
    };
    let [ended, requests] = [0, 0];
    const server = createTurnServer(() => undefined, { ...options, onPipelined: () => (ended += 1) });
    server.on('request', () => (requests += 1)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kinds = [
      request,
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx',
    ];
    const made = [];
    for (const kind of kinds) {
      [ended, requests] = [0, 0];
      await exchange({ url }, kind.repeat(1500));
      made.push({ ended, requests });
    }
    // Node's parsers are used again, by connections that do nothing wrong.
    const alive = await exchange({ url }, 'GET /health/live HTTP/1.1\r\n\r\n');
    server.close();
    expect(made).toEqual(kinds.map(() => ({ ended: 1, requests: maxPipelined + 1 })));
    expect(alive).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('bar their address when several connections were ended, with all its connections', async () => {
    const app = service();
    const { hostname, port } = new URL(app.url);
    const idle = connect({ host: hostname, port: Number(port), localAddress: '127.0.0.4' });
    idle.on('error', () => undefined).resume();
    for (let ended = 1; ended < strikesToBar; ended++)
      await exchangeFrom('127.0.0.4', app, request.repeat(2000));
    expect(await exchangeFrom('127.0.0.4', app, last)).toMatch(/^HTTP\/1\.1 404 /);
    expect(idle.closed).toBe(false);
    await exchangeFrom('127.0.0.4', app, request.repeat(2000));
    await eventually('the idle connection to close', () => idle.closed);
    expect(await exchangeFrom('127.0.0.4', app, last)).toBe('');
    expect(await exchange(app, last)).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe('pipelined requests of a proxy', () => {
  const service = useApp({ TRUST_PROXY: 'true' });

  it('end their connection, and never bar its address', async () => {
    const request = `GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n`;
    for (let ended = 0; ended <= strikesToBar; ended++) await exchange(service(), request.repeat(900));
    expect((await service().query('{ __typename }')).status).toBe(200);
  });
});
