/** @database either */
import { afterEach, describe, expect, it } from '@jest/globals';
import { nothingKept, type TestApp, useApp } from '../../support/app.ts';
import { EventStream } from '../../support/event-stream.ts';
import { onDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { RawSocket } from '../../support/raw-socket.ts';
import { recordStatements } from '../../support/statements.ts';

const aliases = Array.from({ length: 10 }, (_, index) => `t${index}: bodyHtml`).join(' ');
const query = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename sequence
    ... on CommentEvent { comment { ${aliases} } }
  }
}`;

const commentCount = 16;

/** Adds comments of which every second one is large: 50 kB for each alias. */
async function addThread(app: TestApp): Promise<{ articleId: string; after: string }> {
  const { id, slug } = await app.addArticle();
  const { article } = await app.data(`{ article(slug: "${slug}") { liveCursor } }`);
  const author = await app.signUp();
  for (let number = 1; number <= commentCount; number++)
    await app.addComment(author, { articleId: id, body: `Number ${number}` });
  await app.app.db.query(
    `UPDATE comment SET body_html = repeat('&amp;', 10000)
     WHERE id IN (SELECT subject_id FROM article_event WHERE article_id = $1 AND sequence % 2 = 0)`,
    [Buffer.from(id, 'base64url').toString().split(':').at(-1)],
  );
  return { articleId: id, after: article.liveCursor as string };
}

describe('the replay of large events', () => {
  const service = useApp({ RATE_LIMITS: 'off', ...nothingKept });
  afterEach(() => service().live.close());

  it('is rendered in small batches, in order and complete, for many selections at once', async () => {
    const app = service();
    const variables = await addThread(app);
    const recorded = recordStatements();
    const listeners = Array.from({ length: 3 }, (_, index) =>
      app.live.subscribe(query.replaceAll('t0:', `listener${index}:`), variables),
    );
    for (const listener of listeners) await listener.waitFor(1, 'ArticleCheckpoint');
    recorded.stop();
    for (const [index, { events, errors }] of listeners.entries()) {
      expect(errors).toEqual([]);
      expect(events.slice(0, -1).map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: commentCount }, (_, number) => number + 1),
      );
      const lengths = events
        .slice(0, -1)
        .map(({ comment }) => (comment as Record<string, string>)[`listener${index}`]?.length ?? 0);
      expect(lengths.every((length, at) => (at % 2 === 1 ? length === 50_000 : length < 30))).toBe(true);
    }
    // Each large event ends its batch; with batches of eight or more, each listener would need two.
    const loads = recorded.statements.filter((text) => text.includes('body_html'));
    expect(loads.length).toBeGreaterThan(3 * 5);
  });
});

const uncounted = () => ({ countRow: () => undefined, afterRows: () => undefined, exceeded: undefined });

describe('a selection whose events take few reads', () => {
  const service = useApp({ RATE_LIMITS: 'off', DATABASE_POOL_SIZE: '10' });
  afterEach(() => service().live.close());

  it('does not wait for selections with large reads', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const author = await app.signUp();
    const small = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) {
      __typename ... on CommentEvent { comment { small: bodyText } } } }`;
    const before = app.live.subscribe(small, { articleId: id });
    await before.waitFor(1, 'ArticleCheckpoint');
    await app.addComment(author, { articleId: id, body: 'First.' });
    await before.waitFor(1, 'CommentAdded');

    await onDatabase(app.database.url, async (client) => {
      await client.query('SELECT pg_advisory_lock(1)');
      // With as many large reads as the pool has connections, they use their whole share.
      const blocked = Array.from({ length: 10 }, (_, index) =>
        app.app.db
          .forEvents(`client${index}`, uncounted(), 'largeEvents')
          .query('SELECT pg_advisory_lock_shared(1), pg_advisory_unlock_shared(1)'),
      );
      await eventually('large reads to wait', async () => {
        const metrics = await (await fetch(`${app.url}/metrics`)).text();
        return /standfirst_database_waiting\{kind="largeEvents"\} [1-9]/.test(metrics);
      });
      // The event size of a new selection is unknown, so its reads wait with the large ones.
      const after = app.live.subscribe(small.replace('small', 'new'), { articleId: id });
      await after.waitFor(1, 'ArticleCheckpoint');
      await app.addComment(author, { articleId: id, body: 'Second.' });
      await before.waitFor(2, 'CommentAdded');
      expect(after.events.map(({ __typename }) => __typename)).toEqual(['ArticleCheckpoint']);
      await client.query('SELECT pg_advisory_unlock(1)');
      await Promise.all(blocked);
      await after.waitFor(1, 'CommentAdded');
    });
  });
});

describe('streams that are not read', () => {
  const service = useApp({
    RATE_LIMITS: 'off',
    MAX_HELD_BYTES_PER_CLIENT: '2000000',
    MAX_ANSWER_STALL_MS: '600000',
    TRUST_PROXY: 'true',
  });
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${service().url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
  };

  it('hold no more than the bound of one address: further ones are closed with 1013', async () => {
    const app = service();
    const variables = await addThread(app);
    const sockets = await Promise.all(
      Array.from({ length: 12 }, () =>
        new RawSocket(app.url, { headers: { 'x-forwarded-for': '192.0.2.1' } }).open(),
      ),
    );
    for (const socket of sockets) {
      // A replay first fills the operating system's buffers, for each connection.
      for (let id = 0; id < 10; id++)
        socket.subscribe(String(id), query.replaceAll('t0:', `x${id}:`), variables);
      socket.ws.pause();
    }
    await eventually(
      'unread bytes to be held',
      async () => (await metric('standfirst_held_bytes')) > 1_000_000,
    );
    await eventually('some streams to be closed', () => app.app.hub.size.streams < 12 * 10);
    expect(await metric('standfirst_held_bytes')).toBeLessThanOrEqual(2_100_000);
    const other = await EventStream.open(app.url, {
      query,
      variables,
      headers: { 'x-forwarded-for': '192.0.2.2' },
    });
    await other.waitFor(commentCount + 1);
    other.abort();
    for (const socket of sockets) socket.ws.resume();
    const codes = await eventually('the closed sockets to receive their close code', () => {
      const closed = sockets.flatMap((socket) => socket.closed ?? []);
      return closed.length > 0 ? closed : undefined;
    });
    expect(new Set(codes)).toEqual(new Set([1013]));
    for (const socket of sockets) socket.ws.terminate();
    await eventually('all bytes to be released', async () => (await metric('standfirst_held_bytes')) === 0);
  });
});
