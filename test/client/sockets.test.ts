/**
 * @database either
 */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createLiveClient,
  type LiveClient,
  type LiveClientOptions,
  type LiveState,
  type UntypedEvent,
} from '@standfirst/client';
import WebSocket from 'ws';
import { type TestUser, useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';

const document = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename cursor
    ... on ArticleReset { resetReason }
    ... on CommentAdded { comment { bodyText } }
  }
}`;

/** Number of subscriptions that the service takes on one socket by default. */
const perSocket = 20;

describe('a client with more subscriptions than a socket takes', () => {
  const app = useApp();
  let user: TestUser;
  let articleId: string;
  beforeAll(async () => {
    user = await app().signUp('Cy Example');
    ({ id: articleId } = await app().addArticle());
  });

  const opened: LiveClient[] = [];
  afterEach(() => {
    for (const live of opened.splice(0)) live.close();
  });

  /** A client, and all sockets that it has opened so far. */
  function clientOf(options: Partial<LiveClientOptions> = {}): { live: LiveClient; sockets: WebSocket[] } {
    const sockets: WebSocket[] = [];
    class Recorded extends WebSocket {
      constructor(url: string, protocols?: string) {
        super(url, protocols);
        sockets.push(this);
      }
    }
    const live = createLiveClient({
      url: `${app().url}/graphql`,
      webSocketImpl: Recorded,
      maxWaitMs: 30,
      ...options,
    });
    opened.push(live);
    return { live, sockets };
  }

  const openOf = (sockets: readonly WebSocket[]) =>
    sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;

  /** Follows the article a number of times. */
  function follow(live: LiveClient, count: number) {
    return Array.from({ length: count }, () => {
      const texts: string[] = [];
      const states: LiveState['status'][] = [];
      const listening = live.article({
        articleId,
        document,
        onEvent: ({ comment }: UntypedEvent) => comment && texts.push(comment.bodyText as string),
        onReset: () => Promise.reject(new Error('Nothing was missed')),
        onState: ({ status }) => states.push(status),
      });
      return { listening, texts, states };
    });
  }
  type Followed = ReturnType<typeof follow>;

  const allAre = (followed: Followed, status: LiveState['status']) =>
    eventually(`all to be ${status}`, () =>
      followed.every(({ listening }) => listening.state.status === status),
    );

  const hear = async (followed: Followed, ...expected: string[]) => {
    await eventually(`all to hear ${expected.at(-1)}`, () =>
      followed.every(({ texts }) => texts.length >= expected.length),
    );
    for (const { texts } of followed) expect(texts).toEqual(expected);
  };

  it('opens further sockets, and a drop of one interrupts those on it alone, which miss nothing', async () => {
    const { live, sockets } = clientOf();
    const followed = follow(live, 2 * perSocket + 5);
    await allAre(followed, 'live');
    expect(sockets).toHaveLength(3);
    await app().addComment(user, { articleId, body: '1' });
    await hear(followed, '1');

    sockets[1]?.terminate();
    await app().addComment(user, { articleId, body: '2' });
    await hear(followed, '1', '2');
    await allAre(followed, 'live');
    expect([sockets.length, openOf(sockets)]).toEqual([4, 3]);
    const interrupted = followed.map(
      ({ states }) => states.filter((state) => state === 'connecting').length > 1,
    );
    const onTheSecond = followed.map((_, index) => index >= perSocket && index < 2 * perSocket);
    expect(interrupted).toEqual(onTheSecond);
    await app().addComment(user, { articleId, body: '3' });
    await hear(followed, '1', '2', '3');
  });

  it('closes a socket without subscriptions, and gives places that are free again to others', async () => {
    const { live, sockets } = clientOf();
    const followed = follow(live, perSocket + 1);
    await allAre(followed, 'live');
    expect(openOf(sockets)).toBe(2);
    followed.at(-1)?.listening.stop();
    await eventually('the second socket to close', () => openOf(sockets) === 1);
    followed[0]?.listening.stop();
    await allAre(follow(live, 1), 'live');
    expect(sockets).toHaveLength(2);
    live.reconnect();
    await eventually('a new socket', () => sockets.length === 3 && openOf(sockets) === 1);
  });

  it('opens no more sockets than it may; the service refuses the subscriptions beyond', async () => {
    const { live, sockets } = clientOf({ maxSockets: 2 });
    const followed = follow(live, 2 * perSocket);
    await allAre(followed, 'live');
    const [beyond] = follow(live, 1);
    const end = await beyond?.listening.ended;
    expect(end).toMatchObject({ because: 'failed', error: { code: 'TOO_MANY_SUBSCRIPTIONS' } });
    expect(sockets).toHaveLength(2);
    await allAre(followed, 'live');
    expect(() => clientOf({ maxSockets: 0 })).toThrow(RangeError);
    expect(() => clientOf({ maxSubscriptionsPerSocket: 1.5 })).toThrow(RangeError);
  });

  it('gives cache libraries further sockets, too, and tells them of each', async () => {
    const { live, sockets } = clientOf({ maxSubscriptionsPerSocket: 1 });
    let connected = 0;
    const stop = live.client.on('connected', () => (connected += 1));
    const heard: string[] = [];
    const subscribe = () =>
      live.client.subscribe<{ articleEvents: { __typename: string } }>(
        { query: document, variables: { articleId } },
        {
          next: ({ data }) => void heard.push(data?.articleEvents.__typename ?? ''),
          error: () => undefined,
          complete: () => undefined,
        },
      );
    subscribe();
    subscribe();
    await eventually('both to be live', () => heard.length === 2);
    expect([sockets.length, connected]).toEqual([2, 2]);
    stop();
    subscribe();
    await eventually('the third to be live', () => heard.length === 3);
    expect([sockets.length, connected]).toEqual([3, 2]);
  });
});
