/** @seconds 20 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database, Tx } from '../../../src/platform/db/database.ts';
import { SmtpTransport } from '../../../src/platform/mail/smtp-transport.ts';
import { parseSmtpUrl } from '../../../src/platform/config/smtp-url.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';
import { done } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { featuresWithMail, newMailWorker, noMailWork, noTransport } from '../../support/mail.ts';
import {
  hastenDigests,
  mailAll,
  notificationKinds,
  notificationMailer,
  tellAll,
} from '../../support/notifications.ts';
import { TestSmtpServer } from '../../support/smtp.ts';

const { features, mail } = featuresWithMail();
// The work of telling and of mailing is done by the test, as other nodes would.
const quiet = features.map((feature) =>
  feature.name === 'notification' ? { ...feature, jobs: () => [] } : feature,
);
const app = useApp(noMailWork, { features: quiet, mailTransport: noTransport });
const server = new TestSmtpServer();
const from = { name: 'The News', address: 'news@example.org' };

let journalist: TestUser, reader: TestUser, other: TestUser, moderator: TestUser;
let article: { id: string; articleId: string; slug: string };

beforeAll(async () => {
  journalist = await app().signUp('Jo Example', 'JOURNALIST');
  moderator = await app().signUp('Mo Example', 'MODERATOR');
  other = await app().signUp('Bo Example');
});
afterEach(() => server.stop());
beforeEach(async () => {
  await server.start();
  await app().app.db.query('UPDATE inbox SET mail_at = NULL, digest_at = NULL');
  await app().app.db.query('DELETE FROM mail');
  server.taken.length = 0;
  reader = await app().signUp('Ada Example');
  article = await addArticle('A harbour without ships');
});

async function addArticle(title: string) {
  const added = await app().addArticle({
    article: { title },
    journalist: { slug: 'mailed-example', name: 'Jo Example' },
  });
  await app().app.db.query(`UPDATE journalist SET account_id = $1 WHERE slug = 'mailed-example'`, [
    journalist.accountId,
  ]);
  return added;
}

const post = async (user: TestUser, parentId?: string, articleId = article.id) =>
  (await app().addComment(user, { articleId, ...(parentId === undefined ? {} : { parentId }) })).comment!.id;

/** Tells of everything, and sends what is due. @returns what the server has taken since the last call */
async function send(mailer = notificationMailer(app(), mail())) {
  await tellAll(app());
  await mailAll(mailer);
  const transport = new SmtpTransport({ server: parseSmtpUrl(server.settings.SMTP_URL ?? ''), from });
  await newMailWorker(app(), { transport }).worker.run();
  return server.taken.splice(0);
}

/** As `send`, when the time of the daily mails has come. */
async function sendDaily() {
  const early = await send();
  await hastenDigests(app());
  return [...early, ...(await send())];
}

const prefer = async (user: TestUser, ...preferences: { kind: string; frequency: string }[]) =>
  (
    await app().data(
      `mutation ($input: SetMailPreferencesInput!) { setMailPreferences(input: $input) {
        viewer { mailPreferences { kind frequency } } userErrors { code field } } }`,
      { input: { preferences } },
      user.token,
    )
  ).setMailPreferences;

const change = async (name: string, input: Record<string, string>, user = reader) =>
  (
    await app().data(
      `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) {
        viewer { unreadNotificationCount mutedArticles { id } mutedThreads { id } } userErrors { code field } } }`,
      { input },
      user.token,
    )
  )[name];

const headerOf = (taken: { source: string }, name: string) =>
  new RegExp(`^${name}: *(.*(?:\r\n[ \t].*)*)`, 'im').exec(taken.source)?.[1]?.replace(/\r\n\s+/g, '');

/** The address of a mail's link, at the service of the test. */
const linkOf = (taken: { source: string }) =>
  headerOf(taken, 'List-Unsubscribe')!.replace(/^<https:\/\/news\.example\.org|>$/g, (part) =>
    part === '>' ? '' : app().url,
  );

describe('mails about notifications', () => {
  it('at once or daily, as the kind says, each once, and of what is public titles only', async () => {
    await prefer(reader, { kind: 'REPLY', frequency: 'AT_ONCE' });
    const root = await post(reader);
    const reply = (
      await app().addComment(other, { articleId: article.id, parentId: root, body: 'Secret words' })
    ).comment!;
    const [taken, ...more] = await send();
    expect(more).toEqual([]);
    expect(taken?.envelope.to).toEqual([reader.email]);
    expect(taken?.parsed.subject).toBe('A new notification – Standfirst');
    expect(taken?.parsed.text).toContain('“A harbour without ships”: a reply to your comment.');
    expect(taken?.parsed.text).toContain(
      `https://news.example.org/articles/${article.slug}#comment-${reply.id}`,
    );
    for (const absent of ['Secret words', 'Bo Example', 'Ada Example'])
      expect(taken?.source).not.toContain(absent);
    expect(headerOf(taken!, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    // Again, nothing is due.
    await hastenDigests(app());
    expect(await send()).toMatchObject([{ envelope: { to: [journalist.email] } }]);

    await prefer(reader, { kind: 'REPLY', frequency: 'DAILY' });
    const second = await addArticle('Second');
    const elsewhere = await post(reader, undefined, second.id);
    await post(other, root);
    await post(other, root);
    await post(other, elsewhere, second.id);
    expect(await send()).toEqual([]);
    const digest = (await sendDaily()).find(({ envelope }) => envelope.to[0] === reader.email);
    expect(digest?.parsed.subject).toBe('Since the last daily mail: 3 new notifications – Standfirst');
    expect(digest?.parsed.text).toContain(
      '“Second”: a reply to your comment.\n\n“A harbour without ships”: 2 replies to your comments.',
    );
    await post(other, root);
    await send();
    const [row] = await app().app.db.query<{ hours: number }>(
      `SELECT extract(epoch FROM digest_at - now())::int / 3600 AS hours FROM inbox WHERE account_id = $1`,
      [reader.accountId],
    );
    // One a day: the next one is at least half a day away.
    expect(row?.hours).toBeGreaterThanOrEqual(11);
  });

  it('nothing of what was read, removed, unpublished, muted or is unwanted, nor to who has not confirmed', async () => {
    const root = await post(reader);
    const removed = await post(other, root);
    await done(app(), 'removeComment', { commentId: removed }, other);
    expect(await sendTo(reader)).toBe(0);

    await post(other, root);
    await tellAll(app());
    await app().data(
      'mutation { markNotificationsRead(input: { upTo: 100 }) { userErrors { code } } }',
      {},
      reader.token,
    );
    expect(await sendTo(reader)).toBe(0);

    await post(other, root);
    await setArticle(app(), article.articleId, { status: 'UNPUBLISHED' });
    expect(await sendTo(reader)).toBe(0);
    await setArticle(app(), article.articleId, { status: 'PUBLISHED' });

    await change('muteThread', { commentId: root });
    expect(await sendTo(reader)).toBe(0);
    await change('unmuteThread', { commentId: root });

    await app().app.db.query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [reader.accountId]);
    expect(await sendTo(reader)).toBe(0);
    await app().app.db.query('UPDATE account SET email_verified_at = now() WHERE id = $1', [
      reader.accountId,
    ]);

    await prefer(reader, { kind: 'REPLY', frequency: 'NEVER' });
    expect(await sendTo(reader)).toBe(0);
    // It waited for all that.
    await prefer(reader, { kind: 'REPLY', frequency: 'DAILY' });
    expect(await sendTo(reader)).toBe(1);

    const held = await post(reader);
    await done(app(), 'removeComment', { commentId: held, reason: 'Private words' }, moderator);
    const [decided] = (await sendDaily()).filter(({ envelope }) => envelope.to[0] === reader.email);
    expect(decided?.parsed.text).toContain('your comment was removed by a moderator');
    expect(decided?.source).not.toContain('Private words');
  });

  const sendTo = async (user: TestUser) =>
    (await sendDaily()).filter(({ envelope }) => envelope.to[0] === user.email).length;

  it('a busy thread is folded beyond some mails an hour, and leaves room for mails about the account', async () => {
    await prefer(reader, { kind: 'REPLY', frequency: 'AT_ONCE' });
    const root = await post(reader);
    const counts: number[] = [];
    for (let n = 0; n < 6; n++) {
      await post(other, root);
      counts.push((await send()).filter(({ envelope }) => envelope.to[0] === reader.email).length);
    }
    expect(counts).toEqual([1, 1, 1, 1, 0, 0]);
    const reset = await app().data(
      `mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { userErrors { code } } }`,
      { input: { email: reader.email } },
    );
    expect(reset.requestPasswordReset.userErrors).toEqual([]);
    expect((await send()).map(({ parsed }) => parsed.subject)).toEqual([
      'Choose a new password – Standfirst',
    ]);
    const [row] = await app().app.db.query<{ minutes: number }>(
      `SELECT ceil(extract(epoch FROM mail_at - now()) / 60)::int AS minutes FROM inbox WHERE account_id = $1`,
      [reader.accountId],
    );
    expect(row?.minutes).toBe(15);
    await app().app.db.query(`UPDATE mail SET created_at = created_at - interval '61 minutes'`);
    await app().app.db.query("UPDATE inbox SET mail_at = now() - interval '1 second' WHERE account_id = $1", [
      reader.accountId,
    ]);
    expect((await send()).map(({ parsed }) => parsed.subject)).toEqual(['2 new notifications – Standfirst']);
  });

  it('tells of twenty articles at most, and how much there is beside', async () => {
    const roots: string[] = [];
    for (let n = 0; n < 22; n++) {
      const { id } = await addArticle(n === 21 ? 'X'.repeat(300) : `Article ${n}`);
      roots.push(await post(reader, undefined, id));
      await post(other, roots[n], id);
    }
    const [digest] = (await sendDaily()).filter(({ envelope }) => envelope.to[0] === reader.email);
    expect(digest?.parsed.text?.match(/a reply to your comment/g)).toHaveLength(20);
    expect(digest?.parsed.text).toContain(`“${'X'.repeat(120)}…”`);
    expect(digest?.parsed.text).toContain('And 2 more.');
  });

  it('a worker that dies at each of its statements in turn leaves no notification out and mails none twice', async () => {
    await prefer(reader, { kind: 'REPLY', frequency: 'AT_ONCE' });
    const root = await post(reader);
    let deaths = 0;
    for (let statements = 1; statements < 14; statements++) {
      await app().app.db.query(`UPDATE mail SET created_at = created_at - interval '61 minutes'`);
      await post(other, root);
      await tellAll(app());
      const mortal = notificationMailer(app(), mail(), { db: dying(statements) });
      const died = await mortal.mailNext().then(
        () => 0,
        () => 1,
      );
      deaths += died;
      const rows = await app().app.db.query<{ mails: number; unmailed: number }>(
        `SELECT (SELECT count(*)::int FROM mail WHERE recipient = $1) AS mails,
           (SELECT count(*)::int FROM notification WHERE account_id = $2 AND NOT mailed) AS unmailed`,
        [reader.email, reader.accountId],
      );
      expect(rows).toEqual([{ mails: statements - died, unmailed: died }]);
      await app().app.db.query('UPDATE inbox SET mail_at = now() WHERE account_id = $1', [reader.accountId]);
      await Promise.all([
        mailAll(notificationMailer(app(), mail())),
        mailAll(notificationMailer(app(), mail())),
      ]);
      expect((await app().app.db.query('SELECT FROM mail WHERE recipient = $1', [reader.email])).length).toBe(
        statements,
      );
    }
    expect(deaths).toBeGreaterThan(6);
    expect(deaths).toBeLessThan(13);
  });

  it('waits for what may be read meanwhile', async () => {
    await prefer(reader, { kind: 'REPLY', frequency: 'AT_ONCE' });
    await post(other, await post(reader));
    expect(await send(notificationMailer(app(), mail(), { delaySeconds: 60 }))).toEqual([]);
    expect(await send()).toHaveLength(1);
  });
});

/** The database of a worker that dies at one of its statements, or just before the commit. */
function dying(statements: number): Database {
  const { db } = app().app;
  let left = statements;
  const step = (): void => {
    if (left-- <= 0) throw new Error('Killed');
  };
  const mortal: Pick<Database, 'transaction' | 'forNode'> = {
    forNode: () => ({ query: () => Promise.resolve([]) }),
    transaction: (work) =>
      db.transaction(async (tx) => {
        const mortalTx: Tx = {
          query: async (...args) => {
            step();
            return tx.query(...args);
          },
          seal: (...args) => tx.seal(...args),
          afterCommit: (hook) => tx.afterCommit(hook),
        };
        const value = await work(mortalTx);
        step();
        return value;
      }),
  };
  return mortal as Database;
}

describe('the link that ends mails', () => {
  const oneClick = (url: string) =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  const frequencyOf = async (kind: string) => {
    const { viewer } = await app().data(
      '{ viewer { mailPreferences { kind frequency } } }',
      {},
      reader.token,
    );
    return viewer.mailPreferences.find((one: { kind: string }) => one.kind === kind).frequency;
  };

  it('ends mails of its kind by a POST without a session; a GET asks and changes nothing', async () => {
    await prefer(reader, { kind: 'REPLY', frequency: 'AT_ONCE' });
    const root = await post(reader);
    await post(other, root);
    const [taken] = await send();
    const link = linkOf(taken!);
    expect(decodeURIComponent(link)).not.toContain(reader.email);
    const asked = await fetch(link, { headers: { accept: 'text/html' } });
    expect(asked.status).toBe(200);
    expect(asked.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await asked.text();
    expect(page).toContain('<form method="post">');
    expect(page).toContain('<li>Replies to your comments</li>');
    for (const absent of ['Ada Example', reader.email]) expect(page).not.toContain(absent);
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    expect(await frequencyOf('REPLY')).toBe('AT_ONCE');

    // Months later it still works, and again.
    for (let n = 0; n < 2; n++) {
      const answer = await oneClick(link);
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('no more mails')]);
    }
    expect(await frequencyOf('REPLY')).toBe('NEVER');
    expect(await frequencyOf('COMMENT_REMOVED')).toBe('DAILY');
    await post(other, root);
    expect((await sendDaily()).filter(({ envelope }) => envelope.to[0] === reader.email)).toEqual([]);
  });

  it('of a daily mail ends all that is daily', async () => {
    await prefer(reader, { kind: 'ENDORSEMENT', frequency: 'AT_ONCE' });
    await post(other, await post(reader));
    const [taken] = (await sendDaily()).filter(({ envelope }) => envelope.to[0] === reader.email);
    expect((await oneClick(linkOf(taken!))).status).toBe(200);
    expect(await frequencyOf('REPLY')).toBe('NEVER');
    expect(await frequencyOf('COMMENT_REMOVED')).toBe('NEVER');
    expect(await frequencyOf('ENDORSEMENT')).toBe('AT_ONCE');
    expect(await (await fetch(linkOf(taken!))).text()).toContain('ended already');
  });

  it('is nobody’s without its signature, and is gone with its account', async () => {
    await post(other, await post(reader));
    const [taken] = (await sendDaily()).filter(({ envelope }) => envelope.to[0] === reader.email);
    const link = linkOf(taken!);
    const token = link.split('/').at(-1)!;
    const bytes = Buffer.from(token, 'base64url');
    const forged = [0, 7, 11, 12, bytes.length - 1].map((place) => {
      const copy = Buffer.from(bytes);
      copy[place]! ^= 1;
      return copy.toString('base64url');
    });
    const base = link.slice(0, -token.length);
    for (const each of [...forged, 'x', `${token}x`, '%00', 'x'.repeat(5000)]) {
      const answers = [await fetch(base + each), await oneClick(base + each)];
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    }
    expect(await frequencyOf('REPLY')).toBe('DAILY');
    const tooLarge = await fetch(link, { method: 'POST', body: 'x'.repeat(5000) });
    expect(tooLarge.status).toBe(413);
    await change('muteArticle', { articleId: article.id });
    await prefer(reader, { kind: 'REPLY', frequency: 'NEVER' });
    await erasureOf(app()).erase(reader.email);
    for (const table of ['mail_preference', 'discussion_mute', 'inbox'])
      expect(
        await app().app.db.query(`SELECT FROM ${table} WHERE account_id = $1`, [reader.accountId]),
      ).toEqual([]);
    expect((await oneClick(link)).status).toBe(404);
  });
});

describe('preferences', () => {
  it('have a default for each kind, are bounded, and are their account’s alone', async () => {
    const { viewer } = await app().data(
      '{ viewer { mailPreferences { kind frequency } } }',
      {},
      reader.token,
    );
    expect(viewer.mailPreferences).toHaveLength(Object.keys(notificationKinds).length);
    expect(viewer.mailPreferences).toContainEqual({ kind: 'PLEDGE_FAILED', frequency: 'AT_ONCE' });
    const reply = { kind: 'REPLY', frequency: 'NEVER' };
    expect(await prefer(reader)).toMatchObject({ userErrors: [{ code: 'INVALID_INPUT' }] });
    expect(await prefer(reader, reply, reply)).toMatchObject({
      viewer: null,
      userErrors: [{ code: 'INVALID_INPUT' }],
    });
    expect((await prefer(reader, reply)).viewer.mailPreferences).toContainEqual(reply);
  });
});

describe('mutes of articles and threads', () => {
  const unread = async () =>
    (await app().data('{ viewer { unreadNotificationCount } }', {}, reader.token)).viewer
      .unreadNotificationCount;

  it('hide what is said there, until one takes that back, and nothing else', async () => {
    const root = await post(reader);
    const nested = await post(reader, root);
    const beside = await post(reader);
    await post(other, nested);
    await post(other, beside);
    await tellAll(app());
    expect(await unread()).toBe(2);
    expect(await change('muteThread', { commentId: root })).toEqual({
      viewer: { unreadNotificationCount: 1, mutedArticles: [], mutedThreads: [{ id: root }] },
      userErrors: [],
    });
    // What follows below it as well.
    await post(other, nested);
    await tellAll(app());
    expect(await unread()).toBe(1);
    expect(await change('muteArticle', { articleId: article.id })).toMatchObject({
      viewer: { unreadNotificationCount: 0, mutedArticles: [{ id: article.id }] },
    });
    await done(app(), 'removeComment', { commentId: beside }, moderator);
    expect(await unread()).toBe(1);
    const fields = await app().data(
      `query ($id: ID!) { comment(id: $id) { viewerHasMutedThread article { viewerHasMuted } author { viewerHasMuted } } }`,
      { id: root },
      reader.token,
    );
    expect(fields.comment).toEqual({
      viewerHasMutedThread: true,
      article: { viewerHasMuted: true },
      author: { viewerHasMuted: false },
    });
    await change('unmuteArticle', { articleId: article.id });
    expect(await change('unmuteThread', { commentId: root })).toEqual({
      viewer: { unreadNotificationCount: 4, mutedArticles: [], mutedThreads: [] },
      userErrors: [],
    });
  });

  it('hide endorsements of an article, and those by a person', async () => {
    const count = async () =>
      (
        await app().data(
          '{ viewer { notifications(kinds: [ENDORSEMENT], first: 100) { nodes { article { id } } } } }',
          {},
          journalist.token,
        )
      ).viewer.notifications.nodes.filter((node: any) => node.article.id === article.id).length;
    await app().data(
      'mutation ($id: ID!) { endorse(input: { articleId: $id }) { userErrors { code } } }',
      { id: article.id },
      other.token,
    );
    await post(other);
    await tellAll(app());
    expect(await count()).toBe(1);
    await change('muteArticle', { articleId: article.id }, journalist);
    expect(await count()).toBe(0);
    await change('unmuteArticle', { articleId: article.id }, journalist);
    const authorId = Buffer.from(`CommentAuthor:${other.accountId}`).toString('base64url');
    await change('muteAuthor', { authorId }, journalist);
    expect(await count()).toBe(0);
    await change('unmuteAuthor', { authorId }, journalist);
    expect(await count()).toBe(1);
  });

  it('of people are 200 at most', async () => {
    await post(other);
    await app().app.db.query(
      `WITH made AS (INSERT INTO account (email, name, password_hash)
         SELECT gen_random_uuid() || '@example.org', 'Many Example', '!' FROM generate_series(1, 200) RETURNING id)
       INSERT INTO mute (account_id, muted_account_id) SELECT $1, id FROM made`,
      [reader.accountId],
    );
    const authorId = Buffer.from(`CommentAuthor:${other.accountId}`).toString('base64url');
    expect(await change('muteAuthor', { authorId })).toMatchObject({
      userErrors: [{ code: 'LIMIT_REACHED' }],
    });
  });

  it('are of what the viewer sees, and at most 200', async () => {
    const hidden = await addArticle('Hidden');
    await setArticle(app(), hidden.articleId, { status: 'UNPUBLISHED' });
    expect(await change('muteArticle', { articleId: hidden.id })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['articleId'] }],
    });
    const gone = await post(reader);
    await done(app(), 'removeComment', { commentId: gone }, reader);
    expect(await change('muteThread', { commentId: gone })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['commentId'] }],
    });
    await app().app.db.query(
      `INSERT INTO discussion_mute (account_id, article_id, comment_id) SELECT $1, 1000000 + n, 0 FROM generate_series(1, 200) n`,
      [reader.accountId],
    );
    expect(await change('muteArticle', { articleId: article.id })).toMatchObject({
      userErrors: [{ code: 'LIMIT_REACHED' }],
    });
  });
});
