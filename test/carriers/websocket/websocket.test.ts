/** @database either */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp, useApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { RawSocket, type RawMessage } from '../../support/raw-socket.ts';
import { readiness, untilReady } from '../../support/readiness.ts';

const events = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) { __typename sequence cursor } }`;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A client's frame with a long text, masked with zeros. */
function textFrame(text: string): Buffer {
  const head = Buffer.from([0x81, 0x80 | 126, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(Buffer.byteLength(text), 2);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** Result of an upgrade: the status of the refusal, or 101. */
async function statusOf(socket: RawSocket): Promise<number> {
  return eventually('the upgrade to be answered', () =>
    socket.ws.readyState === socket.ws.OPEN ? 101 : socket.refused,
  );
}

async function openSockets(app: TestApp): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^standfirst_websockets (\d+)$/m.exec(text)?.[1]);
}

/** A socket that answers pings until `die` is called, however long that takes. */
function mortal(app: TestApp): { raw: RawSocket; die: () => void } {
  const raw = new RawSocket(app.url, { client: { autoPong: false } });
  let isDead = false;
  raw.ws.on('ping', (words: Buffer) => {
    if (!isDead) raw.ws.pong(words);
  });
  return { raw, die: () => (isDead = true) };
}

describe('a WebSocket', () => {
  const service = useApp({
    ALLOWED_ORIGINS: 'https://news.example.org,http://localhost:3000',
    MAX_SUBSCRIPTIONS_PER_SOCKET: '3',
  });
  const sockets: RawSocket[] = [];
  /** Opened at the start, so that its timeout passes while other tests run. */
  let silent: RawSocket;

  const socket = (options: ConstructorParameters<typeof RawSocket>[1] = {}, app = service()): RawSocket => {
    const opened = new RawSocket(app.url, options);
    sockets.push(opened);
    return opened;
  };

  beforeAll(() => {
    silent = new RawSocket(service().url);
  });
  afterEach(() => {
    for (const { ws } of sockets.splice(0)) ws.terminate();
  });

  describe('is opened', () => {
    it.each<[string, string | undefined, number]>([
      ['without an Origin, as programs do', undefined, 101],
      ['from an allowed origin', 'https://news.example.org', 101],
      ['from another allowed origin', 'http://localhost:3000', 101],
      ['from a foreign origin', 'https://evil.example', 403],
      ['from the allowed host by another scheme', 'http://news.example.org', 403],
      ['from the allowed host on another port', 'http://localhost:3001', 403],
      ['from a host that begins like an allowed one', 'https://news.example.org.evil.example', 403],
      ['from a host that ends like an allowed one', 'https://evilnews.example.org', 403],
      ['from a sandboxed page', 'null', 403],
      ['from an invalid origin', '*', 403],
    ])('%s (%s): status %i', async (_name, origin, status) => {
      const headers: Record<string, string> = origin === undefined ? {} : { origin };
      expect(await statusOf(socket({ headers }))).toBe(status);
    });

    it('from a page of the service itself', async () => {
      expect(await statusOf(socket({ headers: { origin: service().url } }))).toBe(101);
    });

    it('on its own path only', async () => {
      const foreign = new RawSocket(`${service().url}/elsewhere`);
      expect(await statusOf(foreign)).toBe(404);
    });

    it('a limited number of times by one address', async () => {
      const checkLeaks = watchForLeaks();
      const app = await TestApp.start(
        { MAX_SOCKETS_PER_ADDRESS: '3', TRUST_PROXY: 'true' },
        { database: service().database },
      );
      const many = await Promise.all(
        Array.from({ length: 8 }, () => socket({}, app)).map(async (one) => ({
          one,
          status: await statusOf(one),
        })),
      );
      expect(many.map(({ status }) => status).sort()).toEqual([101, 101, 101, 429, 429, 429, 429, 429]);
      // Behind a trusted proxy the client's address counts, and every other address has a count of its own.
      const headers = { 'x-forwarded-for': '203.0.113.7, 10.0.0.1' };
      const others = await Promise.all(Array.from({ length: 4 }, () => statusOf(socket({ headers }, app))));
      expect(others.sort()).toEqual([101, 101, 101, 429]);
      many.find(({ status }) => status === 101)?.one.ws.close();
      await eventually(
        'a socket to be accepted again',
        async () => (await statusOf(socket({}, app))) === 101,
      );
      for (const { ws } of sockets.splice(0)) ws.terminate();
      await app.close();
      await checkLeaks();
    });
  });

  describe('is closed', () => {
    it('with 4406 without the subprotocol', async () => {
      expect(await socket({ protocols: [] }).closeCode()).toBe(4406);
    });

    it('with 1008 by a message of more than 64 frames', async () => {
      const raw = socket();
      await raw.open();
      for (let frame = 0; frame < 65; frame++) raw.ws.send('', { fin: false });
      expect(await raw.closeCode()).toBe(1008);
    });

    it('with 1008 by a frame that arrives in a great many pieces, and not by one of a slow network', async () => {
      const { hostname, port } = new URL(service().url);
      const stream = connect({ host: hostname, port: Number(port), noDelay: true });
      const raw = await socket({ client: { autoPong: false, createConnection: () => stream } }).open();
      const send = async (bytes: Buffer, size: number): Promise<number> => {
        let at = 0;
        for (; at < bytes.length && raw.closed === undefined; at += size) {
          stream.write(bytes.subarray(at, at + size));
          await new Promise((resolve) => setImmediate(resolve));
        }
        return at;
      };
      await send(textFrame(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(65_000) } })), 536);
      await raw.waitFor('the pong', ({ type }) => type === 'pong');
      const sent = await send(textFrame(JSON.stringify({ type: 'ping' }).padEnd(65_000)), 1);
      expect(await raw.closeCode()).toBe(1008);
      expect(sent).toBeLessThan(20_000);
    });

    it('with 1009 by a message of more than 64 KiB', async () => {
      const raw = await socket().open();
      raw.send({ type: 'ping', payload: { text: 'x'.repeat(60_000) } });
      await raw.waitFor('the pong', ({ type }) => type === 'pong');
      raw.send({ type: 'ping', payload: { text: 'x'.repeat(66_000) } });
      expect(await raw.closeCode()).toBe(1009);
    });

    it.each<[string, (string | object)[], number]>([
      ['malformed JSON', ['{'], 4400],
      ['an unknown message', [{ type: 'nonsense' }], 4400],
      [
        'an id of 129 characters',
        [
          {
            type: 'subscribe',
            id: 'x'.repeat(129),
            payload: { query: events, variables: { articleId: 'QXJ0aWNsZTox' } },
          },
        ],
        4400,
      ],
      ['a second connection_init', [{ type: 'connection_init' }], 4429],
      [
        'an id that is in use',
        [1, 2].map(() => ({
          type: 'subscribe',
          id: '1',
          payload: { query: events, variables: { articleId: 'QXJ0aWNsZTox' } },
        })),
        4409,
      ],
    ])('by %s', async (_name, messages, code) => {
      await service().addArticle();
      const raw = await socket().open();
      for (const message of messages) raw.send(message);
      expect(await raw.closeCode()).toBe(code);
    });

    it('by the id of an operation that is ending, whose end would be taken for that of the next one', async () => {
      const { id: articleId } = await service().addArticle();
      const raw = await socket().open();
      const subscribe = { type: 'subscribe', id: '1', payload: { query: events, variables: { articleId } } };
      raw.send(subscribe);
      expect(await raw.answerTo('1')).toMatchObject({ type: 'next' });
      // Both messages go in one packet, so that the server reads them in one turn.
      const { _socket: stream } = raw.ws as unknown as { _socket: Socket };
      stream.cork();
      raw.send({ type: 'complete', id: '1' });
      raw.send(subscribe);
      stream.uncork();
      expect(await raw.closeCode()).toBe(4409);

      const next = await socket().open();
      next.send(subscribe);
      await next.answerTo('1');
      next.send({ type: 'complete', id: '1' });
      next.messages.length = 0;
      next.send({ ...subscribe, id: '2' });
      await next.answerTo('2');
      next.send(subscribe);
      expect(await next.answerTo('1')).toMatchObject({ type: 'next' });
    });

    it('not by overlong or deep variables or a query that is not a string: only the operation fails', async () => {
      const raw = await socket().open();
      const deep = '['.repeat(20_000) + ']'.repeat(20_000);
      const payload = (variables: string) => `{"query":${JSON.stringify(events)},"variables":${variables}}`;
      raw.send(`{"type":"subscribe","id":"1","payload":${payload(`{"articleId":"${'x'.repeat(9000)}"}`)}}`);
      raw.send(
        `{"type":"subscribe","id":"2","payload":${payload(`{"articleId":"QXJ0aWNsZTox","more":${deep}}`)}}`,
      );
      raw.send({ type: 'subscribe', id: '3', payload: { query: 1 } });
      for (const [id, code] of Object.entries({ 1: 'BAD_USER_INPUT', 2: 'BAD_REQUEST', 3: 'BAD_REQUEST' }))
        expect(await raw.answerTo(id)).toMatchObject({ type: 'error', payload: [{ extensions: { code } }] });
      expect(raw.closed).toBeUndefined();
    });

    it('with 4401 by a subscription before connection_init', async () => {
      const raw = await socket().opened();
      raw.subscribe('1', events);
      expect(await raw.closeCode()).toBe(4401);
    });

    it('with 4403 by an invalid token', async () => {
      const app = service();
      const user = await app.signUp();
      await app.data('mutation { signOut { endedAt } }', {}, user.token);
      const credentials: unknown[] = [
        `Bearer ${user.token}`,
        `Bearer ${user.token}x`,
        'Bearer nonsense',
        user.token,
        ['Bearer x'],
        { toString: 'Bearer x' },
        7,
      ];
      for (const authorization of credentials) {
        const raw = await socket().opened();
        raw.send({ type: 'connection_init', payload: { authorization } });
        expect([authorization, await raw.closeCode()]).toEqual([authorization, 4403]);
      }
    });

    it('with 4403 by an invalid token among headers, or by two tokens that contradict each other', async () => {
      const app = service();
      const { token } = await app.signUp();
      const refused: Record<string, unknown>[] = [
        { headers: { Authorization: 'Bearer nonsense' } },
        { headers: { authorization: token } },
        { AUTHORIZATION: 'Bearer nonsense' },
        { ...bearer(token), headers: { Authorization: 'Bearer nonsense' } },
      ];
      for (const payload of refused) {
        const raw = await socket().opened();
        raw.send({ type: 'connection_init', payload });
        expect([payload, await raw.closeCode()]).toEqual([payload, 4403]);
      }
      await socket().open({ headers: { Authorization: `Bearer ${token}` } });
      await socket().open({ ...bearer(token), headers: bearer(token) });
      await socket().open({ headers: 'none', authorization: '' });
    });

    it('with 4403 when its token expires, and its client reconnects with the next token', async () => {
      const app = await TestApp.start({ ACCESS_TOKEN_TTL_SECONDS: '5' }, { database: service().database });
      const { id } = await app.addArticle();
      const user = await app.signUp();
      // The next token comes from a node whose tokens live longer, so that it is valid when the first one has expired.
      const { refreshSession } = await service().data(
        'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { session { accessToken } } }',
        { input: { refreshToken: user.refreshToken } },
      );
      let { token } = user;
      const codes: number[] = [];
      const client = app.live.client({
        token: () => token,
        retryAttempts: 50,
        onClosed: (code) => codes.push(code),
      });
      const listener = app.live.events(id, undefined, client);
      await listener.waitFor(1, 'ArticleCheckpoint');
      token = refreshSession.session.accessToken;
      const anonymous = await socket({}, app).open();
      anonymous.subscribe('1', events, { articleId: id });
      await listener.waitFor(2, 'ArticleCheckpoint');
      expect(codes).toEqual([4403]);
      // An anonymous socket has no token that expires.
      expect(anonymous.closed).toBeUndefined();
      await client.dispose();
      await app.close();
    });

    it('with 4408 when no connection_init comes', async () => {
      expect(await silent.closeCode()).toBe(4408);
    });
  });

  describe('carries', () => {
    const refused = ({ type, payload }: RawMessage) => type === 'error' && payload[0].extensions.code;

    it('a limited number of subscriptions, until one ends', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const raw = await socket().open();
      for (const name of ['1', '2', '3', '4']) raw.subscribe(name, events, { articleId: id });
      expect(refused(await raw.answerTo('4'))).toBe('TOO_MANY_SUBSCRIPTIONS');
      for (const name of ['1', '2', '3']) expect((await raw.answerTo(name)).type).toBe('next');
      raw.send({ type: 'complete', id: '2' });
      raw.subscribe('5', events, { articleId: id });
      expect((await raw.answerTo('5')).type).toBe('next');
      expect(app.app.hub.size.streams).toBe(3);
    });

    it('no more subscriptions if they are completed before they are open', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const raw = await socket().open();
      await onDatabase(app.database.url, async (client) => {
        await client.query('BEGIN; LOCK TABLE article_counter IN ACCESS EXCLUSIVE MODE');
        for (let n = 0; n < 20; n++) {
          raw.subscribe(String(n), events, { articleId: id });
          raw.send({ type: 'complete', id: String(n) });
        }
        raw.subscribe('last', events, { articleId: id });
        expect(refused(await raw.answerTo('last'))).toBe('TOO_MANY_SUBSCRIPTIONS');
        await client.query('COMMIT');
      });
      await eventually('the feed to be released', () => app.app.hub.size.streams === 0);
    });
  });

  it('is read one message at a time, while other clients are served', async () => {
    const app = service();
    const raw = await socket().open();
    const count = 3000;
    const answered = () => raw.messages.filter(({ type }) => type === 'pong').length;
    for (let number = 0; number < count; number += 1) raw.send({ type: 'ping' });
    await fetch(`${app.url}/health/live`);
    expect(answered()).toBeLessThan(count / 2);
    await eventually('all pongs', () => answered() === count);
  });

  it('is closed if it sends unsolicited pongs but answers no ping', async () => {
    const app = await TestApp.start({ SOCKET_PING_MS: '100' }, { database: service().database });
    const { raw, die } = mortal(app);
    await raw.open();
    die();
    const pongs = setInterval(() => raw.ws.pong('still here'), 20);
    await eventually('the socket to close', () => raw.closed !== undefined);
    clearInterval(pongs);
    await app.close();
  });

  it('is closed if its peer does not answer pings, and stays open if its peer does', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start({ SOCKET_PING_MS: '100' }, { database: service().database });
    const { id } = await app.addArticle();
    const alive = await socket({}, app).open();
    let pings = 0;
    alive.ws.on('ping', () => (pings += 1));
    const { raw: dead, die } = mortal(app);
    await dead.open();
    dead.subscribe('1', events, { articleId: id });
    await dead.answerTo('1');
    die();
    await eventually('the stream of the dead socket to be released', () => app.app.hub.size.streams === 0);
    expect(await openSockets(app)).toBe(1);
    expect(await dead.closeCode()).toBe(1006);
    await eventually('four pings', () => pings >= 4);
    expect(alive.closed).toBeUndefined();
    for (const { ws } of sockets.splice(0)) ws.terminate();
    await app.close();
    await checkLeaks();
  });
});

describe('a service that stops', () => {
  it('closes its sockets with 1012, finishes running requests, and does not wait for a peer that does not read', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start();
    const { id } = await app.addArticle();
    const user = await app.signUp();
    const sockets = await Promise.all(
      Array.from({ length: 4 }, () => new RawSocket(app.url).open(bearer(user.token))),
    );
    for (const socket of sockets) socket.subscribe('1', events, { articleId: id });
    for (const socket of sockets) await socket.answerTo('1');
    const [stuck, ...others] = sockets;
    stuck?.ws.pause();

    const { mutation, closing } = await onDatabase(app.database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM article_counter FOR UPDATE');
      const mutation = app.addComment(user, { articleId: id, body: 'Under way' });
      await eventually('the mutation to wait for a lock', async () => {
        // Not by the client: within a transaction the activity of others stays as it was first read.
        const waiting = await app.app.db.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await untilReady(app.url);
      const closing = app.close().then(() => true);
      expect((await readiness(app.url)).status).toBe(503);
      expect(await statusOf(new RawSocket(app.url))).toBe(503);
      expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
      await client.query('COMMIT');
      return { mutation, closing };
    });
    expect((await mutation).comment).not.toBeNull();
    for (const other of others) expect(await other.closeCode()).toBe(1012);
    // `close` of the test's service also drops its database: all connections have ended by then.
    await expect(closing).resolves.toBe(true);
    stuck?.ws.terminate();
    await checkLeaks();
  });
});
