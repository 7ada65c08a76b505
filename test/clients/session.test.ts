import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import WebSocket from 'ws';
import { createLiveClient } from '../../examples/front-end/live.ts';
import { type Session, SessionKeeper } from '../../examples/front-end/session.ts';
import { useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';

const signIn = `mutation ($input: SignInInput!) { signIn(input: $input) {
  session { accessToken refreshToken expiresAt } } }`;
const me = 'query { viewer { name } }';

describe('SessionKeeper', () => {
  const app = useApp();
  let input: { email: string; password: string };
  beforeAll(async () => {
    const { email, password } = await app().signUp('Cy Example');
    input = { email, password };
  });

  const begin = async () => (await app().data(signIn, { input })).signIn.session as Session;
  const ends = (session: Session) => ({ ...session, expiresAt: new Date().toISOString() });

  it('sends nothing when signed out, and the token while it is good', async () => {
    const keeper = new SessionKeeper(`${app().url}/graphql`);
    expect(await keeper.authorization()).toBeUndefined();
    const session = await begin();
    keeper.set(session);
    expect(await keeper.authorization()).toBe(`Bearer ${session.accessToken}`);
  });

  it('exchanges the tokens once for all who ask, before they end', async () => {
    const changes: (Session | undefined)[] = [];
    const keeper = new SessionKeeper(`${app().url}/graphql`, (session) => changes.push(session));
    const session = ends(await begin());
    keeper.set(session);
    const headers = await Promise.all([1, 2, 3].map(() => keeper.authorization()));
    expect(changes).toHaveLength(2);
    expect(changes[1]?.refreshToken).not.toBe(session.refreshToken);
    expect(new Set(headers)).toEqual(new Set([`Bearer ${changes[1]?.accessToken}`]));
    const { viewer } = await app().data(me, {}, headers[0]?.replace('Bearer ', ''));
    expect(viewer).toEqual({ name: 'Cy Example' });
  });

  it('exchanges a token that is refused before its time, and sends the request once more', async () => {
    const keeper = new SessionKeeper(`${app().url}/graphql`);
    const session = await begin();
    keeper.set({ ...session, accessToken: `${session.accessToken.slice(0, -4)}AAAA` });
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ query: me });
    const ask = async () => (await keeper.fetch(`${app().url}/graphql`, { ...post, body })).json();
    expect(await ask()).toMatchObject({ data: { viewer: { name: 'Cy Example' } } });
  });

  it('goes on signed out when the session was ended elsewhere', async () => {
    const onChange = jest.fn<(session: Session | undefined) => void>();
    const keeper = new SessionKeeper(`${app().url}/graphql`, onChange);
    const session = await begin();
    keeper.set(session);
    await app().data('mutation { signOut { endedAt } }', {}, session.accessToken);
    const response = await keeper.fetch(`${app().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: me }),
    });
    expect(await response.json()).toMatchObject({ data: { viewer: null } });
    expect(onChange).toHaveBeenLastCalledWith(undefined);
  });

  it('says when the session is over', async () => {
    const onChange = jest.fn<(session: Session | undefined) => void>();
    const keeper = new SessionKeeper(`${app().url}/graphql`, onChange);
    keeper.set(ends({ ...(await begin()), refreshToken: 'unknown' }));
    expect(await keeper.authorization()).toBeUndefined();
    expect(onChange).toHaveBeenLastCalledWith(undefined);
  });

  it('keeps the session when the service can’t be asked', async () => {
    const keeper = new SessionKeeper('http://127.0.0.1:1/graphql');
    const session = ends(await begin());
    keeper.set(session);
    await expect(keeper.authorization()).rejects.toThrow();
    await expect(keeper.authorization()).rejects.toThrow();
  });
});

/** Stands between a client and the service, and can fall silent without closing anything, as a lost network does. */
class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#server = createServer((client) => {
      this.connections += 1;
      const service = connect(Number(port), hostname);
      client.pipe(service).pipe(client);
      for (const socket of [client, service]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
      }
    });
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/graphql`;
  }

  /** Nothing comes through any more on the sockets that are open now. */
  fallSilent(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('createLiveClient', () => {
  const app = useApp();
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  it('leaves a line that is dead, and goes on from its cursor', async () => {
    const user = await app().signUp('Cy Example');
    const { id: articleId } = await app().addArticle();
    const line = new Line(app().url);
    const client = createLiveClient({ url: await line.open(), webSocketImpl: WebSocket, keepAlive: 400 });
    closing.push(
      () => client.dispose(),
      () => line.close(),
    );
    const texts: string[] = [];
    let isLive = false;
    client.subscribe<{ articleEvents: any }>(
      {
        query: `subscription ($articleId: ID!, $after: EventCursor) { articleEvents(articleId: $articleId, after: $after) {
          __typename cursor ... on CommentAdded { comment { bodyText } } } }`,
        variables: { articleId },
      },
      {
        next: ({ data }) => {
          isLive = true;
          if (data?.articleEvents.comment) texts.push(data.articleEvents.comment.bodyText);
        },
        error: () => undefined,
        complete: () => undefined,
      },
    );
    await eventually('the stream', () => isLive);
    await app().addComment(user, { articleId, body: '1' });
    await eventually('the first', () => texts.length === 1);
    line.fallSilent();
    await app().addComment(user, { articleId, body: '2' });
    await eventually('the second', () => texts.length === 2);
    expect(texts).toEqual(['1', '2']);
    expect(line.connections).toBeGreaterThan(1);
  });
});
