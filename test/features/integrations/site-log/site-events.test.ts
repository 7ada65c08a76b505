/**
 * @database either
 * @seconds 15
 */
import { expect, it } from '@jest/globals';
import WebSocket from 'ws';
import { createLiveClient } from '../../../../packages/client/src/live-client.ts';
import { updateEpoch } from '../../../../src/platform/events/log.ts';
import { siteLog } from '../../../../src/features/integrations/site-log/site-log.ts';
import { checkSiteLog } from '../../../../harness/site-log.ts';
import { TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { write } from '../../../support/articles.ts';
import { done } from '../../../support/comments.ts';
import { EventStream } from '../../../support/event-stream.ts';
import { eventually } from '../../../support/eventually.ts';
import { RawSocket } from '../../../support/raw-socket.ts';

const app = useApp({ SITE_LOG_POLL_MS: '100', MAX_REPLAY_EVENTS: '50' });

const selection = `__typename position cursor occurredAt
  ... on SiteArticleEvent { articleId publishesArticle article { title }
    event { __typename sequence cursor ... on CommentEvent { comment { bodyText } } } }
  ... on SiteReset { resetReason }`;
const subscription = `subscription ($after: EventCursor) { siteEvents(after: $after) { ${selection} } }`;

const page = async (variables: { after?: string; begin?: string; first?: number }): Promise<any> =>
  (
    await app().data(
      `query ($after: EventCursor, $begin: LogBegin, $first: Int) {
         events(after: $after, begin: $begin, first: $first) { events { ${selection} } cursor hasMore } }`,
      variables,
    )
  ).events;

/** All events after a cursor, page by page. */
async function readFrom(after: string, first = 100): Promise<any[]> {
  const events: any[] = [];
  for (let next = after; ;) {
    const { events: some, cursor, hasMore } = await page({ after: next, first });
    events.push(...some);
    if (!hasMore) return events;
    next = cursor;
  }
}

/** Waits until the log of the site has so many events after a cursor. */
const relayed = (after: string, count: number): Promise<any[]> =>
  eventually(`${count} events`, async () => {
    const events = await readFrom(after);
    return events.length >= count && events;
  });

const here = async (): Promise<string> => (await page({})).cursor;

const summary = ({ articleId, publishesArticle, event }: any) => ({
  articleId,
  ...(publishesArticle ? { publishesArticle } : {}),
  event: event && `${event.sequence} ${event.__typename}`,
});

async function journalist(): Promise<TestUser> {
  return app().signUp('Ada Example', 'JOURNALIST');
}

const draft = (user: TestUser, title: string) =>
  write(app(), 'createArticle', { title, body: 'A body.' }, user);

it('new articles, their comments and their end come by themselves, and drafts do not', async () => {
  const start = await here();
  const live = app().live.subscribe(subscription, { after: start });
  expect(await live.waitFor(1)).toMatchObject([{ __typename: 'SiteCheckpoint', cursor: start }]);
  const [ada, reader] = [await journalist(), await app().signUp('Bo Example')];
  const { id: articleId, slug } = await draft(ada, 'A ferry');
  await write(app(), 'updateArticle', { articleId, title: 'A ferry sails' }, ada);
  await write(app(), 'publishArticle', { articleId }, ada);
  await app().addComment(reader, { articleId, body: 'Where to?' });
  await write(app(), 'updateArticle', { articleId, title: 'A ferry sailed' }, ada);
  // What is sent later is empty.
  await live.waitFor(3, 'SiteArticleEvent');
  await write(app(), 'unpublishArticle', { articleId }, ada);
  // Not public any more, so that nobody learns of it.
  await write(app(), 'updateArticle', { articleId, title: 'A ferry sank' }, ada);
  await write(app(), 'publishArticle', { articleId }, ada);
  const events = (await live.waitFor(5, 'SiteArticleEvent')).slice(0, 5);
  expect(events.map(summary)).toEqual([
    { articleId, publishesArticle: true, event: '1 ArticleUpdated' },
    { articleId, event: '2 CommentAdded' },
    { articleId, event: '3 ArticleUpdated' },
    { articleId, event: '4 ArticleUnpublished' },
    { articleId, publishesArticle: true, event: '5 ArticleUpdated' },
  ]);
  const positions = events.map(({ position }) => position as number);
  expect(positions).toEqual(positions.map((_, index) => (positions[0] ?? 0) + index));
  // The event's own cursor is one of its article.
  const article = await app().data(
    `query ($slug: String!, $after: EventCursor) { article(slug: $slug) {
       events(after: $after) { events { __typename sequence } } } }`,
    { slug, after: events[1]?.event.cursor },
  );
  expect(article.article.events.events[0]).toEqual({ __typename: 'ArticleUpdated', sequence: 3 });
});

it('an article that is taken back is empty for everybody, except for its end', async () => {
  const start = await here();
  const ada = await journalist();
  const { id: articleId } = await draft(ada, 'A secret');
  await write(app(), 'publishArticle', { articleId }, ada);
  await app().addComment(ada, { articleId, body: 'A word' });
  await write(app(), 'unpublishArticle', { articleId }, ada);
  await relayed(start, 3);
  for (const token of [undefined, ada.token]) {
    const client = app().live.client(token === undefined ? {} : { token });
    const events = await app()
      .live.subscribe(subscription, { after: start }, client)
      .waitFor(3, 'SiteArticleEvent');
    expect(events.map(summary)).toEqual([
      { articleId, publishesArticle: true, event: null },
      { articleId, event: null },
      { articleId, event: '3 ArticleUnpublished' },
    ]);
    expect(events.map(({ article }) => article as unknown)).toEqual([null, null, null]);
  }
});

it('an imported article comes as well, before its first event', async () => {
  const start = await here();
  const { id: articleId } = await app().addArticle({ article: { title: 'From elsewhere' } });
  await relayed(start, 1);
  await app().addComment(await app().signUp(), { articleId, body: 'First' });
  const events = await relayed(start, 2);
  expect(events.map(summary)).toEqual([
    { articleId, publishesArticle: true, event: '0 ArticleUpdated' },
    { articleId, event: '1 CommentAdded' },
  ]);
  expect(events[0].article).toEqual({ title: 'From elsewhere' });
});

it('pages, WebSocket, event streams and the client give the same events, from any cursor on', async () => {
  const start = await here();
  const reader = await app().signUp();
  const articles = [await app().addArticle(), await app().addArticle(), await app().addArticle()];
  await relayed(start, 3);
  for (let n = 0; n < 7; n++)
    await app().addComment(reader, { articleId: articles[n % 3]!.id, body: `Number ${n}` });
  const all = await relayed(start, 10);
  expect(await readFrom(start, 3)).toEqual(all);
  const middle = all[4].cursor as string;
  expect(await readFrom(middle)).toEqual(all.slice(5));
  expect(
    (await app().live.subscribe(subscription, { after: middle }).waitFor(6)).filter(
      ({ __typename }) => __typename === 'SiteArticleEvent',
    ),
  ).toEqual(all.slice(5));

  const stream = await EventStream.open(app().url, { query: subscription, variables: { after: start } });
  expect((await stream.waitFor(10)).slice(0, 10)).toEqual(all);
  await eventually('the position of the last', () => stream.lastEventId === all[9].cursor);
  stream.abort();
  const resumed = await EventStream.open(app().url, {
    query: subscription,
    headers: { 'last-event-id': middle },
  });
  expect((await resumed.waitFor(5)).slice(0, 5)).toEqual(all.slice(5));
  resumed.abort();

  const received: unknown[] = [];
  const client = createLiveClient({ url: `${app().url}/graphql`, webSocketImpl: WebSocket });
  const listening = client.site({
    document: subscription,
    cursor: middle,
    onEvent: (event) => received.push(event),
    onReset: () => undefined,
  });
  await eventually('the client to be live', () => listening.state.status === 'live');
  expect(received.slice(0, 5)).toEqual(all.slice(5));
  client.close();
  await listening.ended;
  expect(await checkSiteLog(app().app.db)).toEqual([]);
});

it('comments that are removed or edited are shown as they are now', async () => {
  const start = await here();
  const ada = await journalist();
  const { id: articleId } = await app().addArticle();
  await relayed(start, 1);
  const { comment } = await app().addComment(ada, { articleId, body: 'In anger' });
  await app().addComment(ada, { articleId, parentId: comment!.id, body: 'Well' });
  await relayed(start, 3);
  await done(app(), 'removeComment', { commentId: comment!.id }, ada);
  const events = await relayed(start, 4);
  expect(events.map(({ event }) => event.comment?.bodyText as unknown)).toEqual([
    undefined,
    null,
    'Well',
    null,
  ]);
});

it('a page of events reads the texts of articles only where it shows them', async () => {
  const start = await here();
  // Together more than one request may read.
  const body = `${'A long story. '.repeat(100)}\n\n`.repeat(140);
  for (let n = 0; n < 30; n++) await app().addArticle({ article: { title: `Long ${n}`, body } });
  await relayed(start, 30);
  const ask = (fields: string) =>
    app().query(
      `query ($after: EventCursor) { events(after: $after, first: 30) { events { ... on SiteArticleEvent { event { __typename ${fields} } } } } }`,
      { after: start },
    );
  const comments = await ask('... on CommentEvent { comment { bodyText } }');
  expect(comments.errors).toBeUndefined();
  expect(comments.data.events.events).toHaveLength(30);
  const articles = await ask('... on ArticleUpdated { article { bodyText } }');
  expect(articles.errors?.map(({ extensions }) => extensions.code)).toEqual(['QUERY_TOO_COSTLY']);
});

it('an event that is too large is omitted, with the article that may be what is too large', async () => {
  const start = await here();
  const reader = await app().signUp();
  const { id: articleId } = await app().addArticle();
  // As written by a version that did not bound a text's HTML; stored so, because a node keeps what it has shown once.
  const { db } = app().app;
  await db.query(`CREATE FUNCTION make_huge() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.body_html = repeat('&amp;', 700000); RETURN NEW; END $$`);
  await db.query(
    'CREATE TRIGGER make_huge BEFORE INSERT ON comment FOR EACH ROW EXECUTE FUNCTION make_huge()',
  );
  try {
    await app().addComment(reader, { articleId, body: 'Huge' });
  } finally {
    await db.query('DROP FUNCTION make_huge CASCADE');
  }
  await relayed(start, 2);
  const fields = `... on SiteArticleEvent { articleId article { id }
    event { __typename ... on EventOmitted { kind } ... on CommentEvent { comment { bodyHtml } } } }`;
  const { events } = await app().data(
    `query ($after: EventCursor) { events(after: $after) { events { ${fields} } } }`,
    { after: start },
  );
  const omitted = { articleId, article: null, event: { __typename: 'EventOmitted', kind: 'COMMENT_ADDED' } };
  expect(events.events[1]).toEqual(omitted);
  const live = app().live.subscribe(
    `subscription ($after: EventCursor) { siteEvents(after: $after) { __typename ${fields} } }`,
    { after: start },
  );
  const [first, second] = await live.waitFor(2, 'SiteArticleEvent');
  expect(first).toMatchObject({ articleId, article: { id: articleId } });
  expect(second).toMatchObject(omitted);
});

it('one address selects a fiftieth of what all may select of the site’s events', async () => {
  const few = await TestApp.start(
    { MAX_SELECTIONS_PER_ARTICLE: '100', TRUST_PROXY: 'true' },
    { database: app().database },
  );
  const sockets: RawSocket[] = [];
  const listen = async (name: string, address: string): Promise<string> => {
    const headers = { 'x-forwarded-for': address };
    const socket = await new RawSocket(few.url, { headers }).open();
    sockets.push(socket);
    socket.subscribe('1', `subscription { siteEvents { ${name}: position } }`, {});
    const { type, payload } = await socket.answerTo('1');
    return type === 'next' && payload.data ? 'live' : (payload.errors ?? payload)[0].extensions.code;
  };
  const own = [await listen('one', '203.0.113.1'), await listen('two', '203.0.113.1')];
  expect([...own, await listen('three', '203.0.113.1')]).toEqual(['live', 'live', 'TOO_MANY_SUBSCRIPTIONS']);
  expect(await listen('three', '203.0.113.2')).toBe('live');
  for (const { ws } of sockets) ws.terminate();
  await few.close();
});

it('what is removed is not sent to those who come later, whether a relay knows it or not', async () => {
  const start = await here();
  const ada = await journalist();
  const { id: articleId, articleId: key } = await app().addArticle();
  const { comment } = await app().addComment(ada, { articleId, body: 'In anger' });
  const shown = async (): Promise<unknown> => {
    const events = await app().live.subscribe(subscription, { after: start }).waitFor(2, 'SiteArticleEvent');
    return events[1]?.event.comment.bodyText;
  };
  await relayed(start, 2);
  expect(await shown()).toBe('In anger');
  // The relay learns nothing of it.
  await app().app.db.query(`UPDATE site_position SET sequence = 1000 WHERE article_id = $1`, [key]);
  await app().addComment(ada, { articleId, parentId: comment!.id, body: 'Well' });
  await done(app(), 'removeComment', { commentId: comment!.id }, ada);
  await eventually('the tombstone', async () => (await shown()) === null);
  await app().app.db.query(
    `UPDATE site_position p SET sequence = c.sequence FROM article_counter c
     WHERE p.article_id = $1 AND c.article_id = p.article_id`,
    [key],
  );
});

it('operators see how long events wait, also where nothing carries them', async () => {
  const carried = await app().addArticle();
  const start = await here();
  const reader = await app().signUp();
  await app().addComment(reader, { articleId: carried.id, body: 'Carried' });
  await relayed(start, 1);
  const valueOf = async (url: string, name: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(text.split(`\nstandfirst_${name} `)[1]?.split('\n')[0]);
  };
  await eventually('a delay', async () => (await valueOf(app().url, 'site_log_delay_seconds_count')) > 0);
  await eventually(
    'all to be carried',
    async () => (await valueOf(app().url, 'job_oldest_seconds{job="site log"}')) === 0,
  );

  const idle = await TestApp.start(
    { SITE_LOG_POLL_MS: '100', SITE_RELAY: 'off' },
    { database: app().database },
  );
  const behind = () => valueOf(idle.url, 'job_oldest_seconds{job="site log"}');
  await eventually('all to be carried', async () => (await behind()) === 0);
  // As if no relay ran: none of them gets further than this.
  await app().app.db.transaction(async (tx) => {
    await tx.query('SELECT 1 FROM site_log FOR UPDATE');
    await idle.addComment(reader, { articleId: carried.id, body: 'Left' });
    await eventually('the event to wait', async () => (await behind()) > 0);
    // The query for this answer has a connection.
    expect(await valueOf(idle.url, 'pool_waiting_requests')).toBe(0);
  });
  await eventually('the event to be carried', async () => (await behind()) === 0);
  await idle.close();
});

it('a cursor from which nothing can be resumed is answered with a reset', async () => {
  const start = await here();
  const reader = await app().signUp();
  const { id: articleId, slug } = await app().addArticle();
  for (let n = 0; n < 52; n++) await app().addComment(reader, { articleId, body: `Number ${n}` });
  await relayed(start, 53);
  const { article } = await app().data('query ($slug: String!) { article(slug: $slug) { liveCursor } }', {
    slug,
  });
  const resetOf = async (after: string) =>
    (await app().live.subscribe(subscription, { after }).waitFor(1))[0]?.resetReason as unknown;
  expect(await resetOf(start)).toBe('TOO_MANY');
  expect(await resetOf(article.liveCursor)).toBe('UNKNOWN_CURSOR');
  expect(await resetOf('')).toBe('UNKNOWN_CURSOR');
  expect((await page({ after: article.liveCursor })).events).toMatchObject([
    { __typename: 'SiteReset', resetReason: 'UNKNOWN_CURSOR' },
  ]);

  // Pages have no limit of what was missed. The oldest events go first, and what is left can be read from its beginning.
  const all = await relayed(start, 53);
  const oldest = await page({ begin: 'OLDEST', first: 1 });
  const { db } = app().app;
  await db.query(
    `WITH aged AS (UPDATE site_log SET events_since = now() - interval '3 hours')
     UPDATE site_event SET added_at = now() - interval '3 hours' WHERE sequence <= $1`,
    [all[9].position],
  );
  await db.transaction((tx) => siteLog.prune(tx, new Date(), { retentionHours: 2 }));
  expect((await page({ after: oldest.cursor })).events).toMatchObject([{ resetReason: 'EXPIRED' }]);
  expect((await page({ after: all[8].cursor })).events).toMatchObject([{ resetReason: 'EXPIRED' }]);
  expect(await readFrom(all[9].cursor)).toEqual(all.slice(10));
  expect((await page({ begin: 'OLDEST' })).events).toEqual(all.slice(10));
  expect(await checkSiteLog(db)).toEqual([]);

  await updateEpoch(db);
  expect((await page({ after: all[20].cursor })).events).toMatchObject([{ resetReason: 'EPOCH_CHANGED' }]);
});
