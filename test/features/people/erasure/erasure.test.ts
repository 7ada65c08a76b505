import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Tx } from '../../../../src/platform/db/database.ts';
import { EventLog, type NewFact } from '../../../../src/platform/events/log.ts';
import type { Erasure } from '../../../../src/platform/feature/erasure.ts';
import { AccountAdminService } from '../../../../src/features/people/credentials/account-admin.service.ts';
import { selectDueErasures } from '../../../../src/features/people/account/account.queries.ts';
import { insertMailedLink } from '../../../../src/features/people/mailed-links/mailed-link.queries.ts';
import {
  hashMailedToken,
  newMailedToken,
} from '../../../../src/features/people/mailed-links/mailed-token.ts';
import { hashPassword, noPassword } from '../../../../src/platform/auth/password.ts';
import { ModerationLog } from '../../../../src/platform/screening/moderation-log.ts';
import { linkByline } from '../../../../src/features/articles/journalist/byline.service.ts';
import { type TestUser, useApp } from '../../../support/app.ts';
import { onDatabase } from '../../../support/database.ts';
import { erasureOf } from '../../../support/erasure.ts';
import { done, readComment } from '../../../support/comments.ts';
import { eventually } from '../../../support/eventually.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { onPerson, personId } from '../../../support/persons.ts';
import { commentKeyOf, report, reportsOf } from '../../../support/reports.ts';
import { fundingWorker, noFundingWork } from '../../../support/funding-worker.ts';
import { addCampaign, back, campaignInput, fund } from '../../../support/funding.ts';
import { ProviderDouble } from '../../../support/provider-double.ts';
import { prunePayers } from '../../../../src/features/funding/pledge/payer.queries.ts';
import { checkInvariants } from '../../../../harness/invariants.ts';

const provider = new ProviderDouble();
const app = useApp(
  { ...noFundingWork, ...noMailWork, SIGN_IN_LINKS: 'true' },
  { payments: provider, mailTransport: noTransport },
);

const erasure = (log?: EventLog) => erasureOf(app(), log ? { log } : {});

async function post(user: TestUser, articleId: string, body: string, parentId?: string): Promise<string> {
  const { comment } = await app().addComment(user, {
    articleId,
    body,
    idempotencyKey: randomUUID(),
    ...(parentId === undefined ? {} : { parentId }),
  });
  return comment!.id;
}

const endorse = (user: TestUser, articleId: string, statement: string) =>
  app().data(
    `mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }`,
    { input: { articleId, statement } },
    user.token,
  );

/** The tables that contain the text in any column. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await app().app.db.query<{ name: string }>(
    `SELECT format('%I', table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await app().app.db.query(`SELECT FROM ${name} x WHERE position($1 in x::text) > 0 LIMIT 1`, [
      text,
    ]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

const signIn = async ({ email, password }: TestUser) =>
  (
    await app().data(
      `mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { code } } }`,
      { input: { email, password } },
    )
  ).signIn;

describe('erasing an account', () => {
  it('leaves its published comments without a name, and no other data of the account anywhere', async () => {
    const name = `Ida ${randomUUID()}`;
    const [user, other] = [await app().signUp(name), await app().signUp('Other', 'MODERATOR')];
    const [first, second] = [await app().addArticle(), await app().addArticle()];
    const root = await post(user, first.id, 'A published text');
    await done(app(), 'editComment', { commentId: root, body: 'A published text, edited' }, user);
    await done(app(), 'editComment', { commentId: root, body: 'The last published text' }, user);
    const reply = await post(other, first.id, 'A reply to it', root);
    for (const [commentId, kind] of [
      [reply, 'LIKE'],
      [reply, 'DISAGREE'],
      [root, 'LIKE'],
    ] as const)
      await done(app(), 'react', { commentId, kind }, user);
    await done(app(), 'react', { commentId: reply, kind: 'LIKE' }, other);
    const tombstone = await post(user, first.id, 'Secret of a tombstone');
    await post(other, first.id, 'Under the tombstone', tombstone);
    await done(app(), 'removeComment', { commentId: tombstone }, user);
    const vanished = await post(user, first.id, 'Secret that vanished');
    await done(app(), 'removeComment', { commentId: vanished }, user);
    await endorse(user, first.id, 'Secret of an endorsement');
    await endorse(other, first.id, 'Of somebody else');
    await endorse(user, second.id, 'Secret of another endorsement');
    await app().app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, [
      second.articleId,
    ]);
    await post(user, second.id, 'Secret that waits');
    await app().app.db.query(`UPDATE article SET comment_policy = 'OPEN' WHERE id = $1`, [second.articleId]);
    const edited = await post(user, second.id, 'The last published text');
    await app().app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, [
      second.articleId,
    ]);
    await done(app(), 'editComment', { commentId: edited, body: 'Secret of an edit that waits' }, user);
    const slug = `byline-${randomUUID()}`;
    await linkByline(app().app.db, { email: user.email, slug, name: 'A byline' });

    const listener = app().live.events(first.id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    expect(await erasure().erase(user.email)).toEqual({
      articles: 2,
      rows: { comments: 5, endorsements: 2 },
    });

    await listener.waitFor(5);
    expect(listener.events.slice(1, 3)).toMatchObject([
      { __typename: 'EndorsementWithdrawn', article: { endorsementCount: 1 } },
      {
        __typename: 'CommentUpdated',
        comment: { id: root, author: null, bodyText: 'The last published text' },
      },
    ]);
    expect(
      listener.events
        .slice(3)
        .map((event) => [event.__typename, event.comment.id])
        .sort(),
    ).toEqual([root, reply].map((id) => ['CommentReactionsChanged', id]).sort());
    const reactions = (likes: number) => [
      { kind: 'LIKE', count: likes },
      { kind: 'INSIGHTFUL', count: 0 },
      { kind: 'DISAGREE', count: 0 },
    ];
    expect(await readComment(app(), root)).toMatchObject({
      author: null,
      revision: 3,
      replyCount: 1,
      reactions: reactions(0),
    });
    expect(await readComment(app(), reply)).toMatchObject({
      author: { name: 'Other' },
      reactions: reactions(1),
    });
    expect(await readComment(app(), tombstone)).toMatchObject({ status: 'REMOVED', author: null });
    expect(await readComment(app(), vanished)).toBeNull();

    for (const gone of [name, user.email, 'Secret', 'A published text'])
      expect(await tablesWith(gone)).toEqual([]);
    expect(await tablesWith('The last published text')).toEqual(['comment']);
    await checkInvariants(app().app.db);

    expect(await signIn(user)).toEqual({ session: null, userErrors: [{ code: 'WRONG_CREDENTIALS' }] });
    const { errors } = await app().query('{ viewer { id } }', {}, { token: user.token });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await app().data(`{ journalist(slug: "${slug}") { name } }`)).journalist).toEqual({
      name: 'A byline',
    });
  });

  it('withdraws pledges that are not due, and leaves those that were paid to nobody', async () => {
    const name = `Ida ${randomUUID()}`;
    const [user, other] = [await app().signUp(name), await app().signUp('Other Backer')];
    const editor = await app().signUp('Ed Example', 'EDITOR');
    const articles = [];
    for (const goal of [100_000, 100_000, 1500, 1500]) {
      const article = await app().addArticle();
      const input = campaignInput(article.id, [{ title: 'A goal', goal }]);
      articles.push({ ...article, campaignId: await addCampaign(app(), editor, input) });
    }
    const [active, unfinished, paid, failed] = articles.map(({ campaignId }) => campaignId);
    for (const campaignId of [active ?? '', paid ?? ''])
      await back(app(), provider, user, { campaignId, amount: '1700', named: true });
    await back(app(), provider, user, {
      campaignId: failed ?? '',
      amount: '1700',
      outcome: 'declined',
      named: true,
    });
    await back(app(), provider, other, { campaignId: active ?? '', amount: '900', named: true });
    await fund(app(), 'pledge', { campaignId: unfinished, amount: '1300', named: true }, user);
    const worker = fundingWorker(app(), provider);
    await worker.run();
    const read = async (id: string | undefined) =>
      (
        await app().data(
          `query ($id: ID!) { node(id: $id) { ... on Campaign { pledged { minorUnits } collected { minorUnits }
            backerCount backers { nodes { name } } ledger { nodes { entries { pseudonym } } } } } }`,
          { id },
        )
      ).node;
    expect(await read(active)).toMatchObject({ pledged: { minorUnits: '2600' }, backerCount: 2 });
    const ledger = (await read(paid)).ledger;
    const listener = app().live.events(articles[0]?.id ?? '');
    await listener.waitFor(1, 'ArticleCheckpoint');

    expect(await erasure().erase(user.email)).toMatchObject({ articles: 4, rows: { pledges: 4 } });

    await listener.waitFor(2);
    expect(listener.events[1]).toMatchObject({ __typename: 'PledgeWithdrawn' });
    expect(await read(active)).toMatchObject({
      pledged: { minorUnits: '900' },
      backerCount: 1,
      backers: { nodes: [{ name: 'Other Backer' }] },
    });
    // The money and its pseudonym stay, in the ledger alone.
    expect(await read(paid)).toMatchObject({
      pledged: { minorUnits: '1700' },
      collected: { minorUnits: '1700' },
      backers: { nodes: [] },
      ledger,
    });
    expect(await read(failed)).toMatchObject({ pledged: { minorUnits: '1700' }, backers: { nodes: [] } });
    // Who paid, or may have, is kept for accounting, and nowhere else.
    expect(await tablesWith(name)).toEqual(['payer']);
    expect(await app().app.db.query('SELECT name, email FROM payer')).toEqual(
      Array.from({ length: 2 }, () => ({ name, email: user.email })),
    );
    // The person may have been on the provider's page.
    for (const url of provider.setUps.keys()) provider.save(url);
    await worker.run();
    expect(await read(unfinished)).toMatchObject({ pledged: { minorUnits: '0' }, backerCount: 0 });
    const left = await app().app.db.query<{ status: string }>(
      `SELECT status FROM pledge WHERE account_id IS NULL ORDER BY status`,
    );
    expect(left.map(({ status }) => status)).toEqual(['COLLECTED', 'DROPPED', 'RELEASED', 'WITHDRAWN']);
    await checkInvariants(app().app.db);
  });

  it('keeps who has paid until the time for accounting is over, or the pledge is dropped', async () => {
    const editor = await app().signUp('Ed Example', 'EDITOR');
    const [payer, unlucky, private_] = [
      await app().signUp('Pia Payer'),
      await app().signUp('Una Lucky'),
      await app().signUp('Pru Private'),
    ];
    const { id } = await app().addArticle();
    const campaignId = await addCampaign(app(), editor, campaignInput(id, [{ title: 'A goal', goal: 3000 }]));
    await back(app(), provider, payer, { campaignId, amount: '1000' });
    await back(app(), provider, unlucky, { campaignId, amount: '1000', outcome: 'declined' });
    await back(app(), provider, private_, { campaignId, amount: '1000' });
    await fundingWorker(app(), provider).run();
    for (const { email } of [payer, unlucky])
      await erasureOf(app(), { settings: { FUNDING_RETAIN_DAYS: '30' } }).erase(email);
    await erasureOf(app(), { settings: { FUNDING_RETAIN_DAYS: '0' } }).erase(private_.email);
    const names = async () => {
      const rows = await app().app.db.query<{ name: string }>(
        `SELECT name FROM payer WHERE article_id = (SELECT article_id FROM pledge ORDER BY id DESC LIMIT 1) ORDER BY name`,
      );
      return rows.map(({ name }) => name);
    };
    const prune = (days: number) =>
      app().app.db.transaction((tx) => prunePayers(tx, new Date(Date.now() + days * 86_400_000)));
    expect(await names()).toEqual(['Pia Payer', 'Una Lucky']);
    // The time in which another means of payment could be saved is over: nothing was paid.
    await fundingWorker(app(), provider, { graceMs: 0 }).run();
    await prune(29);
    expect(await names()).toEqual(['Pia Payer']);
    await prune(31);
    expect(await names()).toEqual([]);
    expect(await tablesWith('Pia Payer')).toEqual([]);
  });

  it('suspends a running campaign of the byline, which an editor may let run again', async () => {
    const user = await app().signUp('Jo Journalist');
    const editor = await app().signUp('Ed Example', 'EDITOR');
    const slug = `byline-${randomUUID()}`;
    const article = await app().addArticle({ journalist: { slug, name: 'A byline' } });
    const campaignId = await addCampaign(
      app(),
      editor,
      campaignInput(article.id, [{ title: 'A goal', goal: 9000 }]),
    );
    await linkByline(app().app.db, { email: user.email, slug, name: undefined });
    const listener = app().live.events(article.id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    await erasure().erase(user.email);
    await listener.waitFor(2);
    expect(listener.events[1]).toMatchObject({ __typename: 'CampaignUpdated' });
    const read = () =>
      app().data(`query ($id: ID!) { node(id: $id) { ... on Campaign { status } } }`, { id: campaignId });
    expect((await read()).node).toEqual({ status: 'SUSPENDED' });
    await fund(app(), 'suspendCampaign', { campaignId, suspended: false }, editor);
    expect((await read()).node).toEqual({ status: 'LIVE' });
  });

  it('continues where it was interrupted', async () => {
    const user = await app().signUp('Jo Example');
    const articles = [await app().addArticle(), await app().addArticle(), await app().addArticle()];
    for (const { id } of articles) await post(user, id, 'Kept');
    /** Fails in the second article, as a killed process would. */
    class BreakingLog extends EventLog {
      left = 1;
      override appendAll(tx: Tx, articleId: string, events: readonly NewFact[]) {
        if (this.left-- <= 0) throw new Error('Killed');
        return super.appendAll(tx, articleId, events);
      }
    }
    await expect(erasure(new BreakingLog(app().app.bus)).erase(user.email)).rejects.toThrow('Killed');
    expect(await signIn(user)).toMatchObject({ session: null });
    expect(await erasure().erase(user.email)).toEqual({
      articles: 2,
      rows: { comments: 2, endorsements: 0 },
    });
    expect(await tablesWith('Jo Example')).toEqual([]);
    const counted = await app().app.db.query(
      `SELECT count(*)::int AS events FROM article_event WHERE kind = 'COMMENT_UPDATED' AND article_id = ANY($1)`,
      [articles.map(({ articleId }) => articleId)],
    );
    expect(counted).toEqual([{ events: 3 }]);
    await expect(erasure().erase(user.email)).rejects.toThrow('There is no account');
  });

  it('goes on once it has begun, whoever asks for a link or has one', async () => {
    const user = await app().signUp('Jo Returning');
    const { db, bus } = app().app;
    await post(user, (await app().addArticle()).id, 'Kept');
    class BreakingLog extends EventLog {
      override appendAll(): Promise<never> {
        return Promise.reject(new Error('Killed'));
      }
    }
    const now = new Date();
    // A command, or a node of another clock, has begun it.
    await expect(erasure(new BreakingLog(bus)).erase(user.email)).rejects.toThrow('Killed');

    const ask = (name: string, input: object): Promise<any> =>
      app()
        .data(
          `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) {
            ${name}(input: $input) { userErrors { code } } }`,
          { input },
        )
        .then((data: any) => data[name].userErrors.map(({ code }: { code: string }) => code));
    const kinds = async () =>
      (
        await db.query<{ kind: string }>('SELECT kind FROM mail WHERE recipient = $1 ORDER BY kind', [
          user.email,
        ])
      ).map(({ kind }) => kind);
    const links = () => db.query('SELECT FROM mailed_link WHERE account_id = $1', [user.accountId]);
    expect(await ask('requestPasswordReset', { email: user.email })).toEqual([]);
    expect(await ask('requestSignInLink', { email: user.email })).toEqual([]);
    expect([await kinds(), await links()]).toEqual([['PASSWORD_RESET_UNKNOWN', 'SIGN_IN_UNKNOWN'], []]);
    await expect(
      new AccountAdminService(db, { now: () => now }, new ModerationLog(bus)).passwordLink(user.email),
    ).rejects.toThrow('is being erased');

    // Links from somewhere all the same, and a password that somebody has got into the account.
    const given = { accountId: user.accountId, email: user.email, signUp: null };
    const expiresAt = new Date(Date.now() + 3_600_000);
    const token = (kind: 'PASSWORD' | 'SIGN_IN') =>
      db.transaction(async (tx) => {
        const made = newMailedToken();
        await insertMailedLink(tx, { ...given, kind, hash: hashMailedToken(made), expiresAt });
        return made;
      });
    const reset = { token: await token('PASSWORD'), password: 'another horse, another battery' };
    expect(await ask('resetPassword', reset)).toEqual(['LINK_INVALID']);
    await db.query('UPDATE account SET password_hash = $2 WHERE id = $1', [user.accountId, noPassword]);
    expect(await ask('signInWithLink', { token: await token('SIGN_IN') })).toEqual(['LINK_INVALID']);
    await db.query('UPDATE account SET password_hash = $2 WHERE id = $1', [
      user.accountId,
      await hashPassword(user.password),
    ]);
    expect(await signIn(user)).toEqual({ session: null, userErrors: [{ code: 'WRONG_CREDENTIALS' }] });

    expect(await selectDueErasures(db, now)).toContain(user.accountId);
    expect(await erasure().eraseDue(user.accountId, now)).toMatchObject({ articles: 1 });
    for (const gone of ['Jo Returning', 'another horse']) expect(await tablesWith(gone)).toEqual([]);
    expect(await db.query('SELECT FROM account WHERE id = $1', [user.accountId])).toEqual([]);
  });

  it('is done once and tells of each comment once where a command and a node do it at the same time', async () => {
    const user = await app().signUp('Jo Twice');
    const { db } = app().app;
    const articles = await Promise.all(Array.from({ length: 6 }, () => app().addArticle()));
    for (const { id } of articles) {
      await post(user, id, 'Kept');
      await endorse(user, id, 'True.');
    }
    await db.query('UPDATE account SET erase_at = now() WHERE id = $1', [user.accountId]);
    const due = new Date(Date.now() + 60_000);
    const [command, node] = await onDatabase(app().database.url, async (client) => {
      // Both have begun, and wait for the same rows.
      await client.query('BEGIN');
      await client.query('SELECT FROM comment WHERE account_id = $1 FOR UPDATE', [user.accountId]);
      const both = Promise.all([erasure().erase(user.email), erasure().eraseDue(user.accountId, due)]);
      await eventually('both wait', async () => {
        const waiting = await db.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length === 2;
      });
      await client.query('COMMIT');
      return both;
    });
    const sumOf = (name: string) => (command.rows[name] ?? 0) + (node?.rows[name] ?? 0);
    expect([sumOf('comments'), sumOf('endorsements')]).toEqual([6, 6]);
    const events = await db.query<{ kind: string; count: number }>(
      `SELECT kind, count(*)::int AS count FROM article_event WHERE article_id = ANY($1) GROUP BY kind ORDER BY kind`,
      [articles.map(({ articleId }) => articleId)],
    );
    expect(events.filter(({ kind }) => /UPDATED|WITHDRAWN/.test(kind)).map(({ count }) => count)).toEqual([
      6, 6,
    ]);
    expect(await tablesWith('Jo Twice')).toEqual([]);
    expect(await db.query('SELECT FROM account WHERE id = $1', [user.accountId])).toEqual([]);
    await checkInvariants(db);
  });

  it('includes comments that are written at the same moment', async () => {
    const user = await app().signUp('Kim Example');
    const articles = await Promise.all(Array.from({ length: 4 }, () => app().addArticle()));
    for (const { id } of articles) await post(user, id, 'Before');
    const writing = articles.flatMap(({ id }) =>
      Array.from({ length: 10 }, () =>
        app()
          .addComment(user, { articleId: id, idempotencyKey: randomUUID() })
          .catch(() => undefined),
      ),
    );
    await erasure().erase(user.email);
    await Promise.all(writing);
    const left = await app().app.db.query(
      `SELECT id FROM account WHERE email = $1 UNION SELECT id FROM comment WHERE account_id = $2`,
      [user.email, user.accountId],
    );
    expect(left).toEqual([]);
    await checkInvariants(app().app.db);
  });

  it('tells moderators of every text that waited, also where open reports keep a comment in the queue', async () => {
    const [user, reporter] = [await app().signUp('Uma Example'), await app().signUp('Rae Reporter')];
    const { id, articleId } = await app().addArticle();
    const setPolicy = (policy: string) =>
      app().app.db.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
    const edited = await post(user, id, 'Public, with a new text that waits');
    const reported = await post(user, id, 'Public, and reported as well');
    const untouched = await post(user, id, 'Public, and reported');
    await setPolicy('PREMODERATED');
    for (const commentId of [edited, reported])
      await done(app(), 'editComment', { commentId, body: 'A new text' }, user);
    const pending = await post(user, id, 'Never public');
    for (const commentId of [reported, untouched]) await report(app(), reporter, commentId);
    await erasure().erase(user.email);
    const withdrawn = (commentId: string) =>
      app().app.db.query(
        `SELECT actor_kind AS actor, subject_id AS subject, revision FROM moderation_event
         WHERE kind = 'WITHDRAWN' AND article_id = $1 AND comment_id = $2`,
        [articleId, commentKeyOf(commentId).id],
      );
    const event = { actor: 'SYSTEM', subject: null };
    expect(await withdrawn(edited)).toEqual([{ ...event, revision: 2 }]);
    expect(await withdrawn(reported)).toEqual([{ ...event, revision: 2 }]);
    expect(await withdrawn(pending)).toEqual([{ ...event, revision: 1 }]);
    expect(await withdrawn(untouched)).toEqual([]);
    expect((await reportsOf(app(), reported)).item).toEqual({ held: null, reports: 1 });
    await checkInvariants(app().app.db);
  });

  it.each([
    ['a sanction', 'premoderateAccount', { reason: 'SPAM', note: 'Written while the account went' }],
    ['a note', 'addPersonNote', { text: 'Written while the account went' }],
  ] as const)('forgets %s that was not yet stored when the last step began', async (_, command, said) => {
    const [user, moderator] = [await app().signUp('Lou Example'), await app().signUp('Mo', 'MODERATOR')];
    const { db } = app().app;
    const waiting = (count: number) =>
      eventually(`${count} transactions that wait for a lock`, async () => {
        const rows = await db.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length >= count;
      });
    let logIsFree = () => {};
    let moderated: Promise<unknown> | undefined;
    // The command has written its row, and waits for the log of moderation.
    const first: Erasure = {
      selectArticles: async () => {
        if (moderated) return [];
        void db.transaction(async (tx) => {
          await tx.query('SELECT FROM moderation_log FOR UPDATE');
          moderated = onPerson(app(), moderator, command, { personId: personId(user.accountId), ...said });
          await new Promise<void>((resolve) => (logIsFree = resolve));
        });
        await waiting(1);
        return [];
      },
    };
    const erased = erasureOf(app(), { first }).erase(user.email);
    await waiting(2);
    logIsFree();
    await Promise.all([erased, moderated]);
    expect(await tablesWith('Written while the account went')).toEqual([]);
    const about = await db.query(
      `SELECT 'decision' FROM moderation_decision WHERE subject_id = $1
       UNION ALL SELECT 'event' FROM moderation_event WHERE subject_id = $1`,
      [user.accountId],
    );
    expect(about).toEqual([]);
  });
});
