/** @database either
 * @seconds 20 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { insertNotifications } from '../../../src/features/notifications/inbox/inbox.queries.ts';
import { keptNotifications } from '../../../src/features/notifications/inbox/inbox-log.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';
import { done, mutate } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { eventually } from '../../support/eventually.ts';
import { fundingWorker, noFundingWork } from '../../support/funding-worker.ts';
import { addCampaign, back, campaignInput, fund } from '../../support/funding.ts';
import { tellAll } from '../../support/notifications.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

const provider = new ProviderDouble();
// Nobody looks for news: the worker of the service learns of what the service itself has done.
const app = useApp({ ...noFundingWork, NOTIFICATION_POLL_MS: '600000' }, { payments: provider });

const fields = `position kind isRead reason article { id } comment { id bodyText } endorsement { displayName }
  campaign { status } milestone { position } pledge { id }`;

interface Told {
  readonly position: number;
  readonly kind: string;
  readonly isRead: boolean;
  readonly reason: string | null;
  readonly article: { id: string } | null;
  readonly comment: { id: string; bodyText: string | null } | null;
}

async function inboxOf(user: TestUser): Promise<{ unread: number; told: Told[] }> {
  const { viewer } = await app().data(
    `{ viewer { unreadNotificationCount notifications(first: 100) { nodes { ${fields} } } } }`,
    {},
    user.token,
  );
  return { unread: viewer.unreadNotificationCount, told: viewer.notifications.nodes };
}

/** The kinds of a user's notifications, once there are as many as expected. */
const kindsOf = (user: TestUser, expected: readonly string[]): Promise<readonly string[]> =>
  eventually(`${user.name} is told ${expected.join()}`, async () => {
    const kinds = (await inboxOf(user)).told.map(({ kind }) => kind);
    return JSON.stringify(kinds) === JSON.stringify(expected) && kinds;
  });

const markRead = async (user: TestUser, upTo: number) =>
  (
    await app().data(
      `mutation ($upTo: Int!) { markNotificationsRead(input: { upTo: $upTo }) {
        viewer { unreadNotificationCount } userErrors { code } } }`,
      { upTo },
      user.token,
    )
  ).markNotificationsRead;

/** Waits until everything that has happened so far under an article was told. */
const settled = (articleId: string) =>
  eventually('the log is told', async () => {
    const [row] = await app().app.db.query<{ done: boolean }>(
      `SELECT c.sequence = p.sequence AS done FROM article_counter c JOIN notification_position p USING (article_id)
       WHERE article_id = $1`,
      [articleId],
    );
    return row?.done;
  });

let journalist: TestUser, reader: TestUser, other: TestUser, moderator: TestUser;
/** An article of the journalist, with the policy. */
async function addArticle(commentPolicy = 'OPEN') {
  const article = await app().addArticle({ journalist: { slug: 'told-example', name: 'Jo Example' } });
  await app().app.db.query('UPDATE journalist SET account_id = $1 WHERE slug = $2', [
    journalist.accountId,
    'told-example',
  ]);
  await app().app.db.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [
    article.articleId,
    commentPolicy,
  ]);
  return article;
}

beforeAll(async () => {
  journalist = await app().signUp('Jo Example', 'JOURNALIST');
  moderator = await app().signUp('Mo Example', 'MODERATOR');
});

describe('an inbox', () => {
  it('tells of replies, comments on one’s article and endorsements, and of nobody’s own acts', async () => {
    [reader, other] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
    const { id: articleId, articleId: key } = await addArticle();
    const post = async (user: TestUser, parentId?: string) =>
      (await app().addComment(user, { articleId, ...(parentId === undefined ? {} : { parentId }) })).comment!
        .id;
    const own = await post(journalist);
    const root = await post(reader);
    await post(reader, root);
    const reply = await post(other, root);
    await post(other, own);
    await app().data(
      `mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }`,
      { input: { articleId } },
      other.token,
    );
    await settled(key);
    expect(await inboxOf(reader)).toMatchObject({
      unread: 1,
      told: [
        { position: 1, kind: 'REPLY', isRead: false, article: { id: articleId }, comment: { id: reply } },
      ],
    });
    expect(await inboxOf(journalist)).toMatchObject({
      unread: 3,
      told: [
        { position: 3, kind: 'ENDORSEMENT', endorsement: { displayName: 'Bo Example' }, comment: null },
        { position: 2, kind: 'REPLY' },
        { position: 1, kind: 'ARTICLE_COMMENT', comment: { id: root } },
      ],
    });
    expect(await inboxOf(other)).toEqual({ unread: 0, told: [] });
  });

  it('is read up to a position, which never goes back and never beyond the last notification', async () => {
    const { told } = await inboxOf(journalist);
    const head = told[0]!.position;
    expect(await markRead(journalist, head - 1)).toEqual({
      viewer: { unreadNotificationCount: 1 },
      userErrors: [],
    });
    expect(await markRead(journalist, 1)).toMatchObject({ viewer: { unreadNotificationCount: 1 } });
    expect((await inboxOf(journalist)).told.map(({ isRead }) => isRead)).toEqual([false, true, true]);
    expect(await markRead(journalist, 2 ** 31 - 1)).toMatchObject({ viewer: { unreadNotificationCount: 0 } });
    expect(await markRead(journalist, -1)).toEqual({ viewer: null, userErrors: [{ code: 'INVALID_INPUT' }] });
    // One without an inbox.
    expect(await markRead(other, 5)).toMatchObject({
      viewer: { unreadNotificationCount: 0 },
      userErrors: [],
    });
    const { id: articleId } = await addArticle();
    await app().addComment(reader, { articleId });
    await eventually('the next one is unread', async () => (await inboxOf(journalist)).unread === 1);
  });

  it('shows nothing of what was removed or withdrawn since, nor of articles that the reader may not see', async () => {
    const [writer, answerer] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
    const { id: articleId, articleId: key } = await addArticle();
    const root = (await app().addComment(writer, { articleId })).comment!.id;
    const reply = (await app().addComment(answerer, { articleId, parentId: root })).comment!.id;
    await app().addComment(answerer, { articleId, parentId: root });
    await settled(key);
    expect(await inboxOf(writer)).toMatchObject({ unread: 2 });
    await done(app(), 'removeComment', { commentId: reply }, moderator);
    expect(await inboxOf(writer)).toMatchObject({ unread: 1, told: [{ position: 2 }] });
    await done(app(), 'restoreComment', { commentId: reply }, moderator);
    expect(await inboxOf(writer)).toMatchObject({ unread: 2 });
    await setArticle(app(), key, { status: 'UNPUBLISHED' });
    await app().app.db.query('UPDATE site_revision SET revision = revision + 1');
    expect(await inboxOf(writer)).toEqual({ unread: 0, told: [] });
  });

  it('tells the author of a moderator’s decision with its reason, as long as the decision stands', async () => {
    const writer = await app().signUp('Ada Example');
    const { id: articleId } = await addArticle('PREMODERATED');
    const post = async () => (await app().addComment(writer, { articleId })).comment!.id;
    const [approved, rejected, late] = [await post(), await post(), await post()];
    await done(app(), 'approveComment', { commentId: approved }, moderator);
    await done(app(), 'rejectComment', { commentId: rejected, reason: ' Stay\non the subject. ' }, moderator);
    await done(app(), 'rejectComment', { commentId: late }, moderator);
    expect(await inboxOf(writer)).toMatchObject({
      unread: 3,
      told: [
        { kind: 'COMMENT_REJECTED', reason: null, comment: { id: late } },
        { kind: 'COMMENT_REJECTED', reason: 'Stay\non the subject.', comment: { id: rejected } },
        { kind: 'COMMENT_APPROVED', reason: null, comment: { id: approved } },
      ],
    });
    const reasonOf = async (id: string, { token }: TestUser) =>
      (await app().data('query ($id: ID!) { comment(id: $id) { viewerDecisionReason } }', { id }, token))
        .comment.viewerDecisionReason;
    expect(await reasonOf(rejected, writer)).toBe('Stay\non the subject.');
    expect(await reasonOf(rejected, moderator)).toBeNull();

    await done(app(), 'approveComment', { commentId: late }, moderator);
    await done(app(), 'removeComment', { commentId: approved, reason: 'Spam.' }, moderator);
    await kindsOf(writer, ['COMMENT_REMOVED', 'COMMENT_APPROVED', 'COMMENT_REJECTED']);
    const { told } = await inboxOf(writer);
    expect(told[0]).toMatchObject({ reason: 'Spam.', comment: null });
    await done(app(), 'restoreComment', { commentId: approved }, moderator);
    // Of decisions of one kind, the last one is told, which gives the reason that stands.
    await done(app(), 'removeComment', { commentId: approved, reason: 'Spam again.' }, moderator);
    await kindsOf(writer, ['COMMENT_REMOVED', 'COMMENT_APPROVED', 'COMMENT_REJECTED']);
    expect((await inboxOf(writer)).told[0]).toMatchObject({ position: 6, reason: 'Spam again.' });
    await done(app(), 'restoreComment', { commentId: approved }, moderator);
    await kindsOf(writer, ['COMMENT_APPROVED', 'COMMENT_REJECTED', 'COMMENT_APPROVED']);
    // Their own removal is nothing to be told.
    await done(app(), 'removeComment', { commentId: approved, reason: 'Mine.' }, writer);
    await kindsOf(writer, ['COMMENT_APPROVED', 'COMMENT_REJECTED']);

    const edit = await done(app(), 'editComment', { commentId: late, body: 'Other words.' }, writer);
    const reject = { commentId: late, expectedRevision: edit.comment.revision + 1, reason: 'No.' };
    await done(app(), 'rejectComment', reject, moderator);
    await done(app(), 'rejectComment', reject, moderator);
    expect((await inboxOf(writer)).told[0]).toMatchObject({ kind: 'EDIT_REJECTED', reason: 'No.' });
    expect((await inboxOf(writer)).told).toHaveLength(3);
    await done(app(), 'editComment', { commentId: late, body: 'Better words.' }, writer);
    expect(await reasonOf(late, writer)).toBeNull();
    await kindsOf(writer, ['COMMENT_APPROVED', 'COMMENT_REJECTED']);
  });

  it('tells nothing of people whom one has muted, until one takes that back', async () => {
    const [writer, loud, quiet] = [
      await app().signUp('Ada Example'),
      await app().signUp('Bo Example'),
      await app().signUp('Bo Example'),
    ];
    const { id: articleId, articleId: key } = await addArticle();
    const parentId = (await app().addComment(writer, { articleId })).comment!.id;
    await app().addComment(loud, { articleId, parentId });
    const change = async (name: 'muteAuthor' | 'unmuteAuthor', who: TestUser) =>
      (
        await app().data(
          `mutation ($id: ID!) { ${name}(input: { authorId: $id }) {
            viewer { unreadNotificationCount mutedAuthors { name } } userErrors { code field } } }`,
          { id: Buffer.from(`CommentAuthor:${who.accountId}`).toString('base64url') },
          writer.token,
        )
      )[name];
    await settled(key);
    expect(await change('muteAuthor', loud)).toEqual({
      viewer: { unreadNotificationCount: 0, mutedAuthors: [{ name: 'Bo Example' }] },
      userErrors: [],
    });
    await app().addComment(loud, { articleId, parentId });
    await app().addComment(journalist, { articleId, parentId });
    await settled(key);
    expect((await inboxOf(writer)).told).toMatchObject([{ position: 3 }]);
    expect(await change('unmuteAuthor', loud)).toMatchObject({
      viewer: { unreadNotificationCount: 3, mutedAuthors: [] },
    });
    expect(await change('muteAuthor', quiet)).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['authorId'] }],
    });
    expect(await change('muteAuthor', writer)).toMatchObject({ userErrors: [{ code: 'INVALID_INPUT' }] });
    await change('muteAuthor', loud);
    await erasureOf(app()).erase(loud.email);
    expect(await inboxOf(writer)).toMatchObject({ unread: 1, told: [{ position: 3 }] });
  });

  it('lists people whom one has muted also where they have no public comment any more', async () => {
    const [writer, loud] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
    const { id: articleId } = await addArticle();
    const commentId = (await app().addComment(loud, { articleId })).comment!.id;
    const id = Buffer.from(`CommentAuthor:${loud.accountId}`).toString('base64url');
    await app().data(
      'mutation ($id: ID!) { muteAuthor(input: { authorId: $id }) { userErrors { code } } }',
      { id },
      writer.token,
    );
    await done(app(), 'removeComment', { commentId }, loud);
    expect(await app().data('{ viewer { mutedAuthors { id name } } }', {}, writer.token)).toEqual({
      viewer: { mutedAuthors: [{ id, name: 'Bo Example' }] },
    });
  });

  it('takes no reason that is too long or empty', async () => {
    const writer = await app().signUp('Ada Example');
    const { id: articleId } = await addArticle();
    const commentId = (await app().addComment(writer, { articleId })).comment!.id;
    const remove = async (reason: string) =>
      (await mutate(app(), 'removeComment', { commentId, reason }, moderator)).userErrors;
    expect(await remove('x'.repeat(501))).toMatchObject([{ code: 'TOO_LONG', field: ['reason'] }]);
    expect(await remove(' ')).toMatchObject([{ code: 'EMPTY_TEXT', field: ['reason'] }]);
    expect(await remove('x'.repeat(500))).toEqual([]);
  });

  it('tells backers of their campaign, and of a payment that failed until it is repaired', async () => {
    const editor = await app().signUp('Ed Example', 'EDITOR');
    const [payer, unlucky, gone] = [
      await app().signUp('Ada Example'),
      await app().signUp('Bo Example'),
      await app().signUp('Bo Example'),
    ];
    const { id: articleId, articleId: key } = await addArticle();
    const campaignId = await addCampaign(
      app(),
      editor,
      campaignInput(articleId, [{ title: 'A goal', goal: 1000 }]),
    );
    const worker = fundingWorker(app(), provider);
    const withdrawn = await back(app(), provider, gone, { campaignId, amount: '400' });
    await worker.run();
    await fund(app(), 'withdrawPledge', { pledgeId: withdrawn }, gone);
    const failing = await back(app(), provider, unlucky, { campaignId, amount: '500', outcome: 'declined' });
    await worker.run();
    await back(app(), provider, payer, { campaignId, amount: '500' });
    await worker.run();
    // The work on money is another node's, of whose events the service learns by looking.
    await tellAll(app());
    await settled(key);
    await kindsOf(payer, ['CAMPAIGN_ENDED', 'MILESTONE_REACHED']);
    await kindsOf(gone, []);
    const { told } = await inboxOf(unlucky);
    expect(told.map(({ kind }) => kind).sort()).toEqual([
      'CAMPAIGN_ENDED',
      'MILESTONE_REACHED',
      'PLEDGE_FAILED',
    ]);
    expect(told.find(({ kind }) => kind === 'PLEDGE_FAILED')).toMatchObject({ pledge: { id: failing } });
    expect(told.find(({ kind }) => kind === 'MILESTONE_REACHED')).toMatchObject({
      campaign: { status: 'SUCCEEDED' },
      milestone: { position: 1 },
    });
  });

  it('keeps the newest notifications, counts them exactly, and pages through them', async () => {
    const writer = await app().signUp('Ada Example');
    const { articleId } = await addArticle();
    await app().app.db.query('INSERT INTO inbox (account_id, sequence) VALUES ($1, $2)', [
      writer.accountId,
      keptNotifications + 20,
    ]);
    await app().app.db.query(
      `INSERT INTO notification (account_id, sequence, kind, article_id, occurred_at)
       SELECT $1, n, 'CAMPAIGN_ENDED', $2, now() FROM generate_series(21, $3::int) n`,
      [writer.accountId, articleId, keptNotifications + 20],
    );
    expect((await inboxOf(writer)).unread).toBe(keptNotifications);
    const { id } = await addArticle();
    const commentId = (await app().addComment(writer, { articleId: id })).comment!.id;
    await done(app(), 'removeComment', { commentId }, moderator);
    const { unread, told } = await inboxOf(writer);
    expect(unread).toBe(keptNotifications);
    expect(told[0]).toMatchObject({ kind: 'COMMENT_REMOVED', position: keptNotifications + 21 });
    const page = async (args: string) =>
      (
        await app().data(
          `{ viewer { notifications(${args}) { nodes { position } pageInfo { endCursor hasNextPage } } } }`,
          {},
          writer.token,
        )
      ).viewer.notifications;
    const first = await page('first: 2');
    expect(await page(`first: 2, after: "${first.pageInfo.endCursor}"`)).toMatchObject({
      nodes: [{ position: keptNotifications + 19 }, { position: keptNotifications + 18 }],
      pageInfo: { hasNextPage: true },
    });
    expect(await page('kinds: [COMMENT_REMOVED, REPLY]')).toMatchObject({
      nodes: [{ position: keptNotifications + 21 }],
      pageInfo: { hasNextPage: false },
    });
    expect(await page('last: 1')).toMatchObject({ nodes: [{ position: 22 }] });
  });

  it('goes with the account', async () => {
    const writer = await app().signUp('Ada Example');
    const { id: articleId } = await addArticle();
    const parentId = (await app().addComment(writer, { articleId })).comment!.id;
    await app().addComment(moderator, { articleId, parentId });
    await kindsOf(writer, ['REPLY']);
    await erasureOf(app()).erase(writer.email);
    const rows = await app().app.db.query('SELECT FROM inbox WHERE account_id = $1', [writer.accountId]);
    expect(rows).toEqual([]);
  });

  it('goes with the account that is told of something at the same moment', async () => {
    const writer = await app().signUp('Ada Example');
    const { articleId } = await addArticle();
    const news = [{ accountId: writer.accountId, kind: 'REPLY', articleId, subjectId: '1' }] as const;
    await app().app.db.transaction((tx) => insertNotifications(tx, news));
    const isTold = new EventEmitter();
    const telling = app().app.db.transaction(async (tx) => {
      await insertNotifications(tx, news);
      isTold.emit('told');
      await eventually('the erasure waits', async () => {
        const waiting = await app().app.db.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
    });
    await once(isTold, 'told');
    await erasureOf(app()).erase(writer.email);
    await telling;
    const rows = await app().app.db.query('SELECT FROM account WHERE id = $1', [writer.accountId]);
    expect(rows).toEqual([]);
  });

  it('is its account’s alone', async () => {
    expect(await app().data('{ viewer { unreadNotificationCount } }')).toEqual({ viewer: null });
    const { errors } = await app().query(
      'mutation { markNotificationsRead(input: { upTo: 1 }) { userErrors { code } } }',
    );
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
