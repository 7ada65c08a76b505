/** @database either */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { channel } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import { graphqlPath, paymentNoticePath } from '../../../src/platform/http/paths.ts';
import { TestApp, type TestUser } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { issuerSettings, TestIssuer } from '../../support/issuer.ts';
import { watchForLeaks } from '../../support/leaks.ts';

/** Bytes of bodies that the service holds for one client. */
const bound = 266_000;
const maxRequestBytes = 100_000;

/** Bytes that count at first for a body of which they are not announced. */
const atFirst = 65_536;

const tooMany = 'Too many requests of this address are being received.';

/** A route that takes bodies, as requests reach it. */
interface BodyRoute {
  readonly path: string;
  readonly limit: number;
  readonly countsAsItArrives: boolean;
}

/** Notes each route of services that are made meanwhile. */
function noteRoutes(routes: BodyRoute[]): () => void {
  const note = ({ method, url, bodyLimit, config }: RouteOptions): void => {
    if ([method].flat().every((each) => ['GET', 'HEAD', 'OPTIONS'].includes(each))) return;
    const path = url.replaceAll(/:\w+|\*/g, 'paper');
    const countsAsItArrives = config?.countsAsItArrives === true;
    routes.push({ path, limit: bodyLimit ?? maxRequestBytes, countsAsItArrives });
  };
  const onService = (message: unknown): void =>
    void (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', note);
  const services = channel('fastify.initialization');
  services.subscribe(onService);
  return () => services.unsubscribe(onService);
}

let app: TestApp;
let user: TestUser;
let paper: TestIssuer;
let folder: string;
let checkLeaks: () => Promise<void>;
const routes: BodyRoute[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  paper = await TestIssuer.start();
  folder = await mkdtemp(join(tmpdir(), 'standfirst-bodies-'));
  const stop = noteRoutes(routes);
  app = await TestApp.start({
    ...issuerSettings(paper.settings('paper')),
    FUNDING: 'auto',
    PICTURES_DIR: folder,
    MAX_HELD_BYTES_PER_CLIENT: String(bound),
    MAX_REQUEST_BYTES: String(maxRequestBytes),
  });
  stop();
  user = await app.signUp();
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await app.close();
  await paper.close();
  await rm(folder, { recursive: true });
  await checkLeaks();
});

interface Begun {
  readonly socket: Socket;
  answer: string;
}

/** Sends the head of a POST, and a part of the body. */
function begin(path: string, length: number | 'chunked', part: string | Buffer = ''): Begun {
  const { hostname, port } = new URL(app.url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  sockets.push(socket);
  const begun = { socket, answer: '' };
  socket.on('error', () => undefined).on('data', (data: Buffer) => (begun.answer += data.toString()));
  const type = path.startsWith(graphqlPath) ? 'application/json' : 'application/x-www-form-urlencoded';
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nAuthorization: Bearer ${user.token}\r\n` +
      (length === 'chunked' ? 'Transfer-Encoding: chunked\r\n\r\n' : `Content-Length: ${length}\r\n\r\n`),
  );
  if (part.length > 0) socket.write(part);
  return begun;
}

const chunk = (bytes: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), Buffer.from(bytes), Buffer.from('\r\n')]);

const lastChunk = '0\r\n\r\n';

const statusOf = ({ answer }: Begun): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

async function heldBytes(): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^standfirst_held_bytes (\d+)/m.exec(text)?.[1]);
}

const hold = (bytes: number, where = '') =>
  eventually(`${bytes} bytes to be held ${where}`, async () => (await heldBytes()) === bytes);

/** Ends all connections. */
async function endAll(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy();
  await hold(0);
}

afterEach(endAll);

/** An operation of a given size in bytes. */
const operationOf = (bytes: number): Buffer => {
  const [start, end] = ['{"query":"{ __typename } # ', '"}'];
  return Buffer.from(start + 'x'.repeat(bytes - start.length - end.length) + end);
};

describe('bodies that are not finished', () => {
  it('are refused at every route beyond the bytes that a client may have', async () => {
    expect(routes.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '/graphql',
        '/graphql/stream',
        '/payments/notices',
        '/test-provider/paper',
        '/unsubscribe/paper',
        '/sign-in/paper/logout',
        '/account/picture',
      ]),
    );
    for (const { path, limit, countsAsItArrives } of routes) {
      const bytes = countsAsItArrives ? Math.min(limit, atFirst) : limit;
      begin(paymentNoticePath, bound - bytes);
      await hold(bound - bytes);
      const taken = begin(path, limit, 'x');
      await hold(bound, `at ${path}`);
      const refused = begin(path, limit, 'x');
      await eventually(`a body to be refused at ${path}`, () => refused.answer.includes(tooMany));
      expect([path, taken.answer]).toEqual([path, '']);
      await endAll();
    }
  });

  it('in chunks count as they grow', async () => {
    begin(paymentNoticePath, bound - 2 * atFirst);
    const [large, other] = [begin(graphqlPath, 'chunked'), begin(graphqlPath, 'chunked')];
    await hold(bound);
    large.socket.write(chunk(Buffer.alloc(atFirst, ' ')));
    other.socket.write(chunk('{'));
    expect(await heldBytes()).toBe(bound);
    large.socket.write(chunk(' '));
    await eventually('the larger one to be refused', () => large.answer.includes(tooMany));
    await hold(bound - atFirst);
    other.socket.write(chunk('"query":"{ __typename }"}'));
    other.socket.write(lastChunk);
    await eventually('the other one to be answered', () => statusOf(other) === 200);
  });

  it('are given up, with what they hold, when the connection is cut off', async () => {
    begin(graphqlPath, 5000, '{"query":');
    begin(paymentNoticePath, 6000, '{"id":');
    await hold(11_000);
  });

  it('do nothing when they are cut off before the last chunk', async () => {
    const query = 'mutation { changeName(input: { name: "Grace" }) { viewer { name } } }';
    const begun = begin(graphqlPath, 'chunked', chunk(JSON.stringify({ query })));
    await hold(atFirst);
    begun.socket.destroy();
    await hold(0);
    expect((await app.data('{ viewer { name } }', {}, user.token)).viewer.name).toBe(user.name);
  });

  it('take memory for their bytes, and not for the pieces in which they arrive', async () => {
    const bytes = 300;
    const body = operationOf(bytes);
    const sendInPieces = async ({ socket }: Begun): Promise<void> => {
      for (const byte of body.subarray(0, -1)) {
        await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const begun = begin(graphqlPath, bytes);
    await hold(bytes);
    await sendInPieces(begun);
    begun.socket.write(body.subarray(-1));
    await eventually('the answer', () => statusOf(begun) === 200);
    // To count takes longer than a request has, on a machine that is busy.
    const buffers = (): number => queryObjects(Buffer, { format: 'count' });
    const before = buffers();
    await sendInPieces(begin(graphqlPath, bytes));
    await hold(bytes);
    expect(buffers() - before).toBeLessThan(bytes / 10);
  });
});

describe('a body of the greatest size', () => {
  const send = async (path: string, body: Buffer, isChunked: boolean): Promise<number> => {
    const part = isChunked ? Buffer.concat([chunk(body), Buffer.from(lastChunk)]) : body;
    const begun = begin(path, isChunked ? 'chunked' : body.length, part);
    const status = await eventually('the answer', () => statusOf(begun) || undefined);
    await endAll();
    return status;
  };

  it.each([false, true])('is received, and a larger one refused; in chunks: %s', async (isChunked) => {
    expect(await send(graphqlPath, operationOf(maxRequestBytes), isChunked)).toBe(200);
    expect(await send(graphqlPath, operationOf(maxRequestBytes + 1), isChunked)).toBe(413);
    // No link has this token.
    expect(await send('/unsubscribe/x', Buffer.alloc(4096, 'x'), isChunked)).toBe(404);
    expect(await send('/unsubscribe/x', Buffer.alloc(4097, 'x'), isChunked)).toBe(413);
    // Without a signature.
    expect(await send(paymentNoticePath, Buffer.alloc(262_144, 'x'), isChunked)).toBe(400);
    expect(await send(paymentNoticePath, Buffer.alloc(262_145, 'x'), isChunked)).toBe(413);
  });
});
