/**
 * @database either
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { ClosingServer, type Patience } from '../../../src/platform/http/closing-server.ts';
import { TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';

type Take = ConstructorParameters<typeof ClosingServer>[1];

describe('a service that closes', () => {
  it('answers what is under way, and keeps no connection open for a further request', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start({
      DATABASE_LOCK_TIMEOUT_MS: '60000',
      DATABASE_STATEMENT_TIMEOUT_MS: '60000',
    });
    await app.addArticle();
    const agent = new Agent({ keepAlive: true });
    const [response, closing] = await onDatabase(app.database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE article');
      const headers = { 'apollo-require-preflight': 'yes' };
      const request = get(`${app.url}/graphql?query={articles{nodes{title}}}`, { agent, headers });
      const answered = once(request, 'response') as Promise<[IncomingMessage]>;
      await eventually('the request to wait for a lock', async () => {
        const waiting = await app.app.db.query(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM article%'`,
        );
        return waiting.length > 0;
      });
      const closing = app.close().then(() => true);
      await eventually('no connection to be accepted', async () => {
        const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
        const isRefused = await once(socket, 'connect').then(
          () => false,
          () => true,
        );
        socket.destroy();
        return isRefused;
      });
      await client.query('COMMIT');
      return [(await answered)[0], closing] as const;
    });
    const body = (await response.toArray()).join('');
    expect([response.statusCode, response.headers.connection]).toEqual([200, 'close']);
    expect(JSON.parse(body).data).toEqual({ articles: { nodes: [{ title: expect.any(String) }] } });
    // A connection that stays open is ended by the server after 72 seconds: later than `eventually` waits.
    let closed = false;
    void closing.then(() => (closed = true));
    await eventually('the service to close', () => closed);
    agent.destroy();
    await checkLeaks();
  });
});

describe('a server that closes', () => {
  const ends: (() => void)[] = [];
  afterEach(() => ends.splice(0).forEach((end) => end()));

  /** Starts a server that never ends a silent connection. */
  async function start(take: Take, patience: Patience = { lookMs: 1_000_000, quietMs: 1_000_000 }) {
    const leaving = new AbortController();
    const server = new ClosingServer(leaving.signal, take, patience);
    server.keepAliveTimeout = 0;
    ends.push(() => server.closeAllConnections());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    let isClosed = false;
    server.once('close', () => (isClosed = true));
    /** Opens a connection. @returns its socket, and what it has received */
    const open = async () => {
      const accepted = once(server, 'connection');
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('error', () => undefined);
      ends.push(() => socket.destroy());
      await accepted;
      return { socket, received: receive(socket) };
    };
    return {
      leave: () => leaving.abort(),
      close: () => void server.close(),
      closed: () => eventually('the server to close', () => isClosed),
      open,
      /** Waits until the server has read what was sent on other connections before. */
      catchUp: async () => {
        const { socket, received } = await open();
        socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        await eventually('an answer behind the others', () => received() !== '' && socket.closed);
      },
    };
  }

  function receive(socket: Socket): () => string {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    return () => text;
  }

  const answerAtOnce: Take = (_request, response) => response.end('answer.');

  const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const headOfPost = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n';

  it('sends an answer to the last byte to a client that reads slowly', async () => {
    const length = 20_000_000;
    const server = await start((_request, response) => response.end('x'.repeat(length)));
    const { socket, received } = await server.open();
    socket.write(request);
    await eventually('the answer to begin', () => received() !== '');
    socket.pause();
    server.close();
    socket.resume();
    await server.closed();
    await eventually('the rest of the answer', () => received().split('\r\n\r\n')[1]?.length === length);
  });

  it('closes a connection after an answer whose head was sent before', async () => {
    let end: (() => void) | undefined;
    const server = await start((_request, response) => {
      response.write('first');
      end = () => response.end('last');
    });
    const { socket, received } = await server.open();
    socket.write(request);
    await eventually('the first part', () => received().includes('first'));
    server.close();
    end?.();
    await server.closed();
    expect(received()).toMatch(/keep-alive[^]*first[^]*last/);
  });

  it('answers all requests of a connection that are under way, also those whose body it has', async () => {
    const waiting: (() => void)[] = [];
    const server = await start((each, response, count) => {
      each.resume().once('end', () => waiting.push(() => response.end(`answer ${count}.`)));
    });
    const { socket, received } = await server.open();
    const post = await server.open();
    post.socket.write(`${headOfPost}body`);
    socket.write(request.repeat(3));
    await eventually('all requests', () => waiting.length === 4);
    server.close();
    for (const answer of waiting) answer();
    await server.closed();
    await eventually('the answers', () => socket.closed && post.socket.closed);
    expect(post.received()).toContain('answer 1.');
    expect(received().match(/answer \d|connection: \S+/gi)).toEqual([
      'Connection: keep-alive',
      'answer 1',
      'Connection: keep-alive',
      'answer 2',
      'connection: close',
      'answer 3',
    ]);
  });

  it('closes connections on which nothing is under way, and takes the rest of a request that comes in', async () => {
    const server = await start(answerAtOnce);
    const [unused, used, early, late] = await Promise.all([
      server.open(),
      server.open(),
      server.open(),
      server.open(),
    ]);
    used.socket.write(request);
    // The answer comes before the body.
    early.socket.write(headOfPost);
    for (const { received } of [used, early]) await eventually('an answer', () => received() !== '');
    early.socket.write('body');
    late.socket.write(request.slice(0, 20));
    await server.catchUp();
    for (const { socket } of [unused, used, early, late]) expect(socket.closed).toBe(false);
    server.close();
    late.socket.write(request.slice(20));
    await server.closed();
    for (const { socket } of [unused, used, early, late])
      await eventually('a connection to close', () => socket.closed);
    expect(late.received()).toMatch(/connection: close\r\n[^]*answer/);
  });

  it('closes connections after an answer that came before its body', async () => {
    const server = await start(answerAtOnce);
    const [none, half] = await Promise.all([server.open(), server.open()]);
    none.socket.write(headOfPost);
    half.socket.write(`${headOfPost}bo`);
    for (const { received } of [none, half]) await eventually('an answer', () => received() !== '');
    await server.catchUp();
    server.close();
    half.socket.write('dy');
    await server.closed();
  });

  it('does not wait long for a request whose head does not arrive, or that Node has answered', async () => {
    const server = await start(answerAtOnce, { lookMs: 100, quietMs: 1_000_000 });
    const sent = [
      request.slice(0, 20),
      request + request.slice(0, 20),
      '\r\n',
      `${request}\r\n`,
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: foo\r\n\r\n',
    ];
    for (const each of sent) (await server.open()).socket.write(each);
    const { socket, received } = await server.open();
    socket.write(request);
    await eventually('an answer', () => received() !== '');
    socket.write('\r\n');
    await server.catchUp();
    server.close();
    await server.closed();
  });

  it('gives up clients that do not send the rest of a body, or do not read their answer', async () => {
    const server = await start(
      (each, response) => {
        each.resume().once('end', () => response.end('x'.repeat(20_000_000)));
      },
      { lookMs: 100, quietMs: 300 },
    );
    const [sender, reader] = await Promise.all([server.open(), server.open()]);
    sender.socket.write(`${headOfPost}bo`);
    reader.socket.write(request);
    await eventually('the answer to begin', () => reader.received() !== '');
    reader.socket.pause();
    server.close();
    await server.closed();
    expect(sender.received()).toBe('');
  });

  it('tells its clients to go elsewhere before it closes', async () => {
    const waiting: (() => void)[] = [];
    const server = await start((_request, response) => {
      waiting.push(() => response.end('answer.'));
    });
    const [before, after] = await Promise.all([server.open(), server.open()]);
    before.socket.write(request);
    await eventually('the first request', () => waiting.length === 1);
    server.leave();
    after.socket.write(request);
    await eventually('the second request', () => waiting.length === 2);
    for (const answer of waiting) answer();
    for (const { socket, received } of [before, after]) {
      await eventually('the connection to close', () => socket.closed);
      expect(received()).toMatch(/connection: close\r\n[^]*answer/);
    }
    // It still accepts connections.
    await server.open();
    server.close();
    await server.closed();
  });
});
