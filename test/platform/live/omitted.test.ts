/** @database either */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLiveClient } from '@standfirst/client';
import WebSocket from 'ws';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { EventStream } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';

const selection = `__typename sequence cursor
  ... on ArticleReset { resetReason }
  ... on EventOmitted { kind omittedCommentId omittedEndorsementId }
  ... on CommentEvent { comment { id bodyHtml } }`;

const all = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) { ${selection} }
}`;

const small = all.replace('bodyHtml', 'replyCount');

const added = `subscription ($articleId: ID!, $after: EventCursor) {
  commentAdded(articleId: $articleId, after: $after) { sequence cursor comment { id bodyHtml } }
}`;

const react = `mutation ($commentId: ID!) {
  react(input: { commentId: $commentId, kind: LIKE }) { userErrors { code } }
}`;

interface Thread {
  readonly id: string;
  readonly slug: string;
  readonly start: string;
  /** The comment whose HTML is far longer than the present maximum. */
  readonly hugeId: string;
  readonly author: TestUser;
}

describe('an event that exceeds the maximum size of an event', () => {
  const service = useApp();
  afterEach(() => service().live.close());

  /** Adds three comments, the second one as written by a version that did not bound a text's HTML. */
  async function addThread(app: TestApp): Promise<Thread> {
    const { id, slug } = await app.addArticle();
    const query = 'query ($slug: String!) { article(slug: $slug) { liveCursor } }';
    const start = (await app.data(query, { slug })).article.liveCursor as string;
    const author = await app.signUp();
    const ids: string[] = [];
    for (const body of ['One', 'Two', 'Three'])
      ids.push((await app.addComment(author, { articleId: id, body })).comment?.id ?? '');
    const hugeId = ids[1] ?? '';
    await app.app.db.query(`UPDATE comment SET body_html = repeat('&amp;', 700000) WHERE id = $1`, [
      Buffer.from(hugeId, 'base64url').toString().split(':').at(-1),
    ]);
    return { id, slug, start, hugeId, author };
  }

  const expected = ({ hugeId }: Thread) => [
    { __typename: 'CommentAdded', sequence: 1 },
    {
      __typename: 'EventOmitted',
      sequence: 2,
      kind: 'COMMENT_ADDED',
      omittedCommentId: hugeId,
      omittedEndorsementId: null,
    },
    { __typename: 'CommentAdded', sequence: 3 },
    { __typename: 'ArticleCheckpoint', sequence: 3 },
  ];

  it('is replaced by EventOmitted for every subscriber over WebSocket, and the stream continues', async () => {
    const app = service();
    const thread = await addThread(app);
    const other = await app.signUp();
    const variables = { articleId: thread.id, after: thread.start };
    const listeners = [undefined, thread.author, other].map((user) =>
      app.live.subscribe(all, variables, app.live.client(user ? { token: user.token } : {})),
    );
    for (const listener of listeners) {
      await listener.waitFor(4);
      expect(listener.events).toMatchObject(expected(thread));
    }
    await app.data(react, { commentId: thread.hugeId }, other.token);
    await app.addComment(other, { articleId: thread.id, body: 'Four' });
    for (const listener of listeners) {
      await listener.waitFor(3, 'CommentAdded');
      expect(listener.events.slice(4)).toMatchObject([
        {
          __typename: 'EventOmitted',
          sequence: 4,
          kind: 'COMMENT_REACTIONS_CHANGED',
          omittedCommentId: thread.hugeId,
        },
        { __typename: 'CommentAdded', sequence: 5 },
      ]);
      expect([listener.errors, listener.completed]).toEqual([[], false]);
    }
    // A client that returns continues after the omitted event.
    const { cursor } = listeners[0]?.events[1] ?? {};
    const again = app.live.subscribe(all, { articleId: thread.id, after: cursor });
    await again.waitFor(1, 'ArticleCheckpoint');
    expect(again.events.map(({ sequence }) => sequence)).toEqual([3, 4, 5, 5]);
    // A subscriber that selects less receives the event itself.
    const less = app.live.subscribe(small, variables);
    await less.waitFor(1, 'ArticleCheckpoint');
    expect(less.events.map(({ __typename }) => __typename)).not.toContain('EventOmitted');
  });

  it('is replaced by EventOmitted, with its cursor, in a stream of Server-Sent Events', async () => {
    const app = service();
    const thread = await addThread(app);
    const variables = { articleId: thread.id, after: thread.start };
    const stream = await EventStream.open(app.url, { query: all, variables });
    await stream.waitFor(4);
    expect(stream.events).toMatchObject(expected(thread));
    const note = stream.blocks.filter(({ event }) => event === 'next')[1];
    expect(note?.id).toBe(stream.events[1].cursor);
    stream.abort();
    const headers = { 'last-event-id': note?.id ?? '' };
    const again = await EventStream.open(app.url, { query: all, variables, headers });
    await again.waitFor(2);
    expect(again.events).toMatchObject(expected(thread).slice(2));
    again.abort();
  });

  it('ends a stream of new comments with a reset, from whose cursor the next stream continues', async () => {
    const app = service();
    const { id, start } = await addThread(app);
    const first = app.live.subscribe(added, { articleId: id, after: start });
    await eventually('the reset', () => first.completed && first.errors.length > 0);
    expect(first.events).toMatchObject([{ sequence: 1 }]);
    const [error] = first.errors as { extensions: Record<string, string> }[];
    expect(error?.extensions).toMatchObject({ code: 'ARTICLE_RESET', resetReason: 'EVENT_OMITTED' });
    const second = app.live.subscribe(added, { articleId: id, after: error?.extensions.cursor });
    await second.waitFor(1);
    expect(second.events).toMatchObject([{ sequence: 3 }]);
  });

  it.each([
    ['article', all],
    ['comments', added],
  ] as const)('makes the client load its page again once and continue: %s', async (method, document) => {
    const app = service();
    const thread = await addThread(app);
    const live = createLiveClient({ url: `${app.url}/graphql`, webSocketImpl: WebSocket, maxWaitMs: 30 });
    const seen: unknown[] = [];
    const listening = live[method]({
      articleId: thread.id,
      cursor: thread.start,
      document: document as string,
      onEvent: ({ sequence }: { sequence: number }) => seen.push(sequence),
      onReset: ({ reason }: { reason: string }) => seen.push(reason),
    } as never);
    await eventually('the client to continue', () => seen.includes(3) && listening.state.status === 'live');
    await app.addComment(thread.author, { articleId: thread.id, body: 'Four' });
    await eventually('the next comment', () => seen.includes(4));
    live.close();
    expect(seen).toEqual(method === 'article' ? [1, 'EVENT_OMITTED', 3, 3, 4] : [1, 'EVENT_OMITTED', 3, 4]);
  });

  it('is replaced by EventOmitted in a page of events, and the next page continues after that event', async () => {
    const app = service();
    const thread = await addThread(app);
    const page = `query ($slug: String!, $after: EventCursor, $first: Int) { article(slug: $slug) {
      events(after: $after, first: $first) { cursor hasMore events { ${selection} } } } }`;
    const read = async (after: string, first: number) =>
      (await app.data(page, { slug: thread.slug, after, first })).article.events;
    const { events, cursor } = await read(thread.start, 2);
    expect(events).toMatchObject(expected(thread).slice(0, 2));
    expect((await read(cursor, 2)).events).toMatchObject([{ sequence: 3 }]);
    const whole = await app.data(page.replace('bodyHtml', 'replyCount'), {
      slug: thread.slug,
      after: thread.start,
      first: 3,
    });
    expect(whole.article.events.events).toMatchObject([1, 2, 3].map(() => ({ __typename: 'CommentAdded' })));
  });
});
