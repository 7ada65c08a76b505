/** @database either
 * @seconds 15 */
import { expect, it } from '@jest/globals';
import { keptNotifications } from '../../../src/features/notifications/inbox/inbox-log.ts';
import { LocalBus } from '../../../src/platform/events/bus.ts';
import { Inbox } from '../../../src/features/notifications/inbox/inbox.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { done } from '../../support/comments.ts';
import { EventStream } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { tellAll } from '../../support/notifications.ts';

const app = useApp({ NOTIFICATION_POLL_MS: '600000' });

const query = `subscription ($after: EventCursor) { viewerEvents(after: $after) {
  __typename sequence cursor unreadNotificationCount
  ... on NotificationAdded { notification { position kind comment { id bodyText } } }
  ... on ViewerReset { resetReason } } }`;

const listen = (user: TestUser, after?: string, onClosed?: (code: number) => void) =>
  app().live.subscribe(
    query,
    { after },
    app().live.client({ token: user.token, ...(onClosed ? { onClosed } : {}) }),
  );

const cursorOf = async (user: TestUser): Promise<string> =>
  (await app().data('{ viewer { liveCursor notifications { nodes { id } } } }', {}, user.token)).viewer
    .liveCursor;

/** A thread of the reader, in which the other one replies. */
async function openThread() {
  const [reader, other] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
  const { id: articleId } = await app().addArticle();
  const parentId = (await app().addComment(reader, { articleId })).comment!.id;
  const reply = async (body: string) =>
    (await app().addComment(other, { articleId, parentId, body })).comment!.id;
  return { reader, other, reply };
}

it('a stream replays what was missed, says that it is live, and goes on without a gap', async () => {
  const { reader, other, reply } = await openThread();
  const start = await cursorOf(reader);
  const foreign = listen(other);
  await reply('First');
  await reply('Second');
  await tellAll(app());
  const early = listen(reader, start);
  const [first, second] = await early.waitFor(2, 'NotificationAdded');
  expect([first, second]).toMatchObject([
    { sequence: 1, notification: { position: 1, kind: 'REPLY', comment: { bodyText: 'First' } } },
    { sequence: 2, unreadNotificationCount: 2, notification: { comment: { bodyText: 'Second' } } },
  ]);
  expect(await early.waitFor(1, 'ViewerCheckpoint')).toMatchObject([
    { sequence: 2, unreadNotificationCount: 2 },
  ]);
  const resumed = listen(reader, first?.cursor);
  const removed = await reply('Third');
  for (const stream of [early, resumed]) {
    await eventually('the third', () => stream.events.at(-1)?.sequence === 3);
    const sequences = stream.events.filter(({ __typename }) => __typename === 'NotificationAdded');
    expect(sequences.map(({ sequence }) => sequence)).toEqual(stream === early ? [1, 2, 3] : [2, 3]);
  }
  // What is gone is sent as a number alone.
  await done(app(), 'removeComment', { commentId: removed }, other);
  const late = listen(reader, second?.cursor);
  expect(await late.waitFor(1, 'NotificationAdded')).toMatchObject([
    { sequence: 3, notification: null, unreadNotificationCount: 2 },
  ]);
  expect((await foreign.waitFor(1)).map((event) => event.__typename)).toEqual(['ViewerCheckpoint']);
});

it('marking as read reaches the open streams of the account', async () => {
  const { reader, reply } = await openThread();
  await reply('First');
  const stream = listen(reader);
  await stream.waitFor(1, 'ViewerCheckpoint');
  await eventually('one is unread', async () => {
    const { viewer } = await app().data('{ viewer { unreadNotificationCount } }', {}, reader.token);
    return viewer.unreadNotificationCount === 1;
  });
  const before = stream.events.length;
  await app().data(
    'mutation { markNotificationsRead(input: { upTo: 1 }) { userErrors { code } } }',
    {},
    reader.token,
  );
  await eventually('a checkpoint with no unread one', () =>
    stream.events.slice(before).some((event) => event.unreadNotificationCount === 0),
  );
});

it('muting reaches the open streams of the account', async () => {
  const { reader, other, reply } = await openThread();
  await reply('First');
  const stream = listen(reader);
  await stream.waitFor(1, 'ViewerCheckpoint');
  await eventually('one is unread', async () => {
    const { viewer } = await app().data('{ viewer { unreadNotificationCount } }', {}, reader.token);
    return viewer.unreadNotificationCount === 1;
  });
  const before = stream.events.length;
  await app().data(
    'mutation ($id: ID!) { muteAuthor(input: { authorId: $id }) { userErrors { code } } }',
    { id: Buffer.from(`CommentAuthor:${other.accountId}`).toString('base64url') },
    reader.token,
  );
  await eventually('a checkpoint with no unread one', () =>
    stream.events.slice(before).some((event) => event.unreadNotificationCount === 0),
  );
});

it('what a lost hint does not tell of is found by the poll', async () => {
  const { reader, reply } = await openThread();
  const stream = listen(reader);
  await stream.waitFor(1);
  await reply('First');
  await stream.waitFor(1, 'NotificationAdded');
  const articleId = '1';
  await app().app.db.transaction((tx) =>
    new Inbox(new LocalBus()).add(tx, [{ accountId: reader.accountId, kind: 'CAMPAIGN_ENDED', articleId }]),
  );
  await stream.waitFor(2, 'NotificationAdded');
});

it('a cursor of another inbox, of an article, or too old is answered with a reset', async () => {
  const { reader, other } = await openThread();
  const { id } = await app().addArticle();
  const { article } = await app()
    .data('query ($id: ID!) { node(id: $id) { ... on Article { liveCursor } } }', {
      id,
    })
    .then(({ node }) => ({ article: node }));
  for (const cursor of [await cursorOf(other), article.liveCursor as string])
    expect((await listen(reader, cursor).waitFor(1))[0]).toMatchObject({
      __typename: 'ViewerReset',
      resetReason: 'UNKNOWN_CURSOR',
    });
  // Of somebody whom nobody has followed: a node that follows an inbox has the last notifications in memory.
  const busy = await app().signUp('Ada Example');
  const old = await cursorOf(busy);
  const news = Array.from({ length: 300 }, () => ({
    accountId: busy.accountId,
    kind: 'CAMPAIGN_ENDED' as const,
    articleId: '1',
  }));
  for (let part = 0; part < 2; part++)
    await app().app.db.transaction((tx) => new Inbox(app().app.bus).add(tx, news));
  expect((await listen(busy, old).waitFor(1))[0]).toMatchObject({
    __typename: 'ViewerReset',
    resetReason: 'EXPIRED',
    sequence: 600,
  });
  const rows = await app().app.db.query('SELECT FROM notification WHERE account_id = $1', [busy.accountId]);
  expect(rows).toHaveLength(keptNotifications);
});

it('a stream is for a signed-in viewer, and ends with the session', async () => {
  const { reader } = await openThread();
  const anonymous = app().live.subscribe(query, {});
  await eventually('a refusal', () => anonymous.errors.length > 0);
  expect(anonymous.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  const closes: number[] = [];
  const stream = listen(reader, undefined, (code) => closes.push(code));
  const sse = await EventStream.open(app().url, {
    query,
    method: 'POST',
    headers: { authorization: `Bearer ${reader.token}` },
  });
  await stream.waitFor(1);
  await eventually('the first event', () => sse.blocks.some(({ event }) => event === 'next'));
  await app().data('mutation { signOut { endedAt } }', {}, reader.token);
  await eventually('both have ended', () => closes.length > 0 && sse.ended !== undefined);
  expect(closes).toEqual([4403]);
});
