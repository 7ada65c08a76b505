/**
 * @seconds 40
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Random } from '../../../harness/random.ts';
import { AccountAdminService } from '../../../src/features/people/credentials/account-admin.service.ts';
import { EventLog } from '../../../src/platform/events/log.ts';
import { encodeGlobalId } from '../../../src/platform/graphql/global-id.ts';
import { importDocument } from '../../../src/features/import/document.ts';
import { Links } from '../../../src/platform/http/links.ts';
import { ImportService } from '../../../src/features/import/import.service.ts';
import { claimJob } from '../../../src/features/comments/imported-authors/claim-job.ts';
import { ClaimService } from '../../../src/features/comments/imported-authors/claim.service.ts';
import { linkByline } from '../../../src/features/articles/journalist/byline.service.ts';
import { ModerationLog } from '../../../src/platform/screening/moderation-log.ts';
import { systemClock } from '../../../src/platform/time/clock.ts';
import { commentIdsOf } from '../../features/comments/races.ts';
import { addRaceCampaign } from '../../features/funding/races.ts';
import { idleFeatures, nothingKept, TestApp, type TestUser } from '../../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { erasureOf } from '../../support/erasure.ts';
import { everything } from '../../support/everything.ts';
import { fundingWorker, noFundingWork } from '../../support/funding-worker.ts';
import { runJob } from '../../support/jobs.ts';
import { addCampaign, back, campaignInput } from '../../support/funding.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { ProviderDouble } from '../../support/provider-double.ts';
import type { RaceRole } from '../../support/races/declaration.ts';
import { type RaceArticle, RaceRun, RaceWriter } from '../../support/races/writer.ts';

const seed = Number(process.env.RACE_SEED ?? Date.now() % 1_000_000);
const rounds = Number(process.env.KEPT_ROUNDS ?? 6);
const writesEach = 3;
const readsEach = 8;

/** What readers ask for, with and without fields of their viewer. */
const comment = `id depth bodyText status revision editedAt replyCount descendantCount authorBadges
  author { id name avatarUrl sharesNameWithJournalist } reactions { kind count }`;
const one = `query One($id: ID!) { comment(id: $id) { ${comment} article { title } } node(id: $id) { id } }`;
const documents = [
  `query Page($slug: String!) { article(slug: $slug) { ${everything('Article', 1)} } }`,
  `query Thread($slug: String!) { article(slug: $slug) { title commentCount liveCursor
    allComments(first: 50) { totalCount nodes { ${comment} parent { id } ancestors { id bodyText } } }
    comments(first: 10, orderBy: TOP) { nodes { ${comment} replies(first: 3) { nodes { ${comment} } } } } } }`,
  `query Names($slug: String!) { article(slug: $slug) { author { name bioHtml } tags { name articleCount }
    endorsements(first: 20) { nodes { id displayName sharesNameWithJournalist } } comments(first: 5) { nodes { ${comment} } } } }`,
  `query Writers($id: ID!) { comment(id: $id) { author { sharesNameWithJournalist comments(first: 5) { nodes { id bodyText } } } } }`,
  `query Own($slug: String!) { article(slug: $slug) { liveCursor viewerCanComment viewerCanEndorse viewerCanEdit
    viewerEndorsement { id } comments(first: 20) { nodes { id bodyText viewerCanEdit viewerCanRemove
    viewerCanReply viewerBodyMarkdown viewerReactions viewerHasReported viewerCanReport } } } }`,
  one,
  `query Entities($id: ID!) { _entities(representations: [{ __typename: "Comment", id: $id }, { __typename: "Article", id: $id }]) {
    ... on Comment { ${comment} article { title liveCursor } } ... on Article { title commentCount } } }`,
  `query Around($slug: String!, $id: ID!) { article(slug: $slug) {
    allComments(around: $id, first: 10) { nodes { id bodyText } } } }`,
  `query Front { articles(first: 10, orderBy: RECENTLY_ACTIVE) { totalCount nodes { id title commentCount
    author { name } tags { name } signatures { name } } } journalists(first: 10) { nodes { name articles(first: 3) { nodes { title tags { name } } } } }
    tags(first: 10) { nodes { name articleCount } } }`,
  `query Campaign($slug: String!) { article(slug: $slug) { liveCursor campaign { ${everything('Campaign', 2)}
    backers(first: 50) { totalCount nodes { name sharesNameWithJournalist amount { minorUnits } } }
    ledger(first: 50) { totalCount nodes { sequence hash } } } } }`,
  `query Campaigns { campaigns(first: 10) { totalCount nodes { id status pledged { minorUnits } article { title } } }
    soon: campaigns(first: 10, orderBy: ENDING_SOON, statuses: [LIVE]) { totalCount nodes { id collected { minorUnits } } }
    viewer { pledges(first: 20) { totalCount nodes { id status amount { minorUnits } isNamed failureCode } } } }`,
  `query Search { search(query: "title", first: 10) { totalCount nodes { id title commentCount liveCursor tags { name } } } }`,
];

type Asked = readonly [document: string, variables: Record<string, unknown>, token: string | undefined];

describe('kept answers and rows', () => {
  let database: TestDatabase;
  /** Two nodes that keep answers, without Redis, and one that reads everything each time. */
  let nodes: [TestApp, TestApp];
  let plain: TestApp;
  let checkLeaks: () => Promise<void>;
  const provider = new ProviderDouble();
  const random = new Random(seed);
  const users: { user: TestUser; role: RaceRole }[] = [];
  const articles: RaceArticle[] = [];
  const campaignIds: string[] = [];
  /** Comments that were imported, and claimed. */
  const claimed: string[] = [];

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    database = await createTestDatabase();
    const settings = {
      FEDERATION: 'on',
      HEAD_POLL_MS: '60000',
      PUBLIC_URL: 'https://news.example.org',
      ...noFundingWork,
    };
    const shared = { database, payments: provider, features: idleFeatures };
    nodes = [await TestApp.start(settings, shared), await TestApp.start(settings, shared)];
    plain = await TestApp.start({ ...settings, ...nothingKept }, shared);
    const roles: RaceRole[] = ['EDITOR', 'MODERATOR', 'READER', 'READER', 'READER', 'READER'];
    for (const [index, role] of roles.entries())
      users.push({ user: await plain.signUp(`Person ${index}`, ...(role === 'READER' ? [] : [role])), role });
    for (let index = 0; index < 4; index++) {
      const article = await plain.addArticle({
        journalist: { slug: `writer-${index % 2}`, name: `Writer ${index % 2}` },
        article: { title: `Title ${index}`, tags: ['ferries', `tag ${index}`] },
      });
      articles.push(article);
      const editor = users[0]?.user;
      if (!editor) throw new Error('There are users');
      if (index < 3) campaignIds.push(await addRaceCampaign(plain, editor, article, [1500, 4000]));
      // One is a draft, which only editors see.
      else {
        const input = campaignInput(article.id, [{ title: 'Goal', goal: 1500 }]);
        await addCampaign(plain, editor, input, { launched: false });
      }
    }
  });

  afterAll(async () => {
    await Promise.all([...nodes, plain].map((node) => node.close()));
    await database.drop();
    await checkLeaks();
  });

  const db = () => plain.app.db;
  const log = () => new EventLog(plain.app.bus);

  /** Changes beside the API: names, roles, bylines, imports, and the erasure of an account that has commented. */
  const administrative = [
    () =>
      db().query('UPDATE account SET name = $2 WHERE id = $1', [
        random.pick(users)?.user.accountId,
        `Name ${Math.floor(random.next() * 3)}`,
      ]),
    () =>
      db().query(`UPDATE journalist SET name = $1 WHERE slug = 'writer-0'`, [
        `NAME ${Math.floor(random.next() * 3)}`,
      ]),
    () =>
      db().query('UPDATE account SET lists_comments = NOT lists_comments WHERE id = $1', [
        random.pick(users)?.user.accountId,
      ]),
    async () => {
      const admin = new AccountAdminService(db(), systemClock, new ModerationLog(plain.app.bus));
      const email = users.at(-1)?.user.email ?? '';
      await admin.grant(email, 'JOURNALIST');
      if (random.chance(0.5)) await admin.revoke(email, 'JOURNALIST');
    },
    async () => {
      const user = await plain.signUp(`Linked ${random.next()}`, 'JOURNALIST');
      await comments(user);
      await linkByline(db(), { email: user.email, slug: `byline-${randomUUID()}`, name: undefined });
    },
    async () => {
      const user = await plain.signUp(`Erased ${random.next()}`);
      await comments(user);
      await erasureOf(plain, { log: log() }).erase(user.email);
    },
    // Collects, gives back, pays out, and tells of means of payment that were saved.
    () => fundingWorker(plain, provider).run(),
    async () => {
      const user = await plain.signUp(`Erased backer ${random.next()}`);
      const campaignId = campaignIds[1] ?? '';
      await back(plain, provider, user, { campaignId, amount: '700', named: true });
      await fundingWorker(plain, provider).run();
      await erasureOf(plain, { log: log() }).erase(user.email);
    },
    async () => {
      const article = random.pick(articles.slice(0, 2));
      const document = importDocument.parse({
        journalist: { slug: `writer-${random.pick([0, 1])}`, name: `Imported ${random.next()}` },
        article: {
          slug: article?.slug,
          title: `Imported ${random.next()}`,
          body: 'A body.',
          publishedAt: '2024-05-01T10:00:00Z',
          tags: ['ferries'],
        },
        comments: [
          { key: `k${random.next()}`, authorName: 'Imported', body: 'Imported.', createdAt: '2024' },
        ],
      });
      await new ImportService({ db: db(), log: log(), maxDepth: 100, pages: new Links() }).import(document);
    },
    // Comments from elsewhere, which an account claims: they are its own once they have been given to it.
    async () => {
      const { user } = random.pick(users) ?? {};
      if (user) await claimImported(user);
    },
    () => giveClaimed(),
  ];

  /** Imports two comments whose author has an account's address, and claims what the account may. */
  async function claimImported({ accountId, email, token }: TestUser): Promise<void> {
    await db().query('UPDATE account SET email_verified_at = now() WHERE id = $1', [accountId]);
    const article = random.pick(articles.slice(0, 2));
    const key = `x:${random.next()}`;
    const comment = { authorKey: key, createdAt: '2024' };
    const document = importDocument.parse({
      journalist: { slug: 'writer-0', name: 'Writer 0' },
      article: {
        slug: article?.slug,
        title: 'Imported',
        body: 'A body.',
        publishedAt: '2024-05-01T10:00:00Z',
      },
      authors: [{ key, name: `Imported ${random.next()}`, email }],
      comments: [
        { ...comment, key: `${key}.1`, body: 'From elsewhere.' },
        { ...comment, key: `${key}.2`, body: 'A reply.', parentKey: `${key}.1` },
      ],
    });
    await new ImportService({ db: db(), log: log(), maxDepth: 100, pages: new Links() }).import(document);
    const rows = await db().query<{ id: string; articleId: string }>(
      `SELECT c.id::text AS id, c.article_id::text AS "articleId" FROM comment c
       JOIN imported_author ia ON ia.id = c.imported_author_id WHERE ia.key = $1`,
      [key],
    );
    const ids = rows.map(({ id, articleId }) => encodeGlobalId('Comment', articleId, id));
    if (article) commentIdsOf(article).push(...ids);
    claimed.push(...ids);
    const { viewer } = await plain.data('{ viewer { importedAuthors { id } } }', {}, token);
    expect(viewer.importedAuthors).not.toEqual([]);
    for (const { id } of viewer.importedAuthors)
      expect(
        await plain.data(
          `mutation ($id: ID!) { claimImportedAuthor(input: { authorId: $id }) { userErrors { code } } }`,
          { id },
          token,
        ),
      ).toEqual({ claimImportedAuthor: { userErrors: [] } });
  }

  /** What a node does in the background. */
  async function giveClaimed(): Promise<void> {
    await runJob(claimJob(db(), new ClaimService(db(), log())));
  }

  async function comments(user: TestUser): Promise<void> {
    const article = articles[0];
    if (article) await plain.addComment(user, { articleId: article.id, body: `By ${user.name}` });
  }

  function someQuestion(): Asked {
    const document = random.pick(documents) ?? '';
    const article = random.pick(articles);
    const variables = {
      ...(document.includes('$slug') ? { slug: article?.slug } : {}),
      ...(document.includes('$id')
        ? { id: random.pick(article ? commentIdsOf(article) : []) ?? article?.id }
        : {}),
    };
    const token = random.chance(0.5) ? undefined : random.pick(users)?.user.token;
    return [document, variables, token];
  }

  const read = async (node: TestApp, [document, variables, token]: Asked) => {
    const { data, errors } = await node.query(document, variables, token === undefined ? {} : { token });
    return { data, errors };
  };

  /** Asks both nodes twice, and compares with what is read without kept answers and rows. */
  async function expectRight(asked: readonly Asked[], when: string): Promise<void> {
    for (const question of asked) {
      const right = { when, question, ...(await read(plain, question)) };
      for (const node of nodes)
        for (let n = 0; n < 2; n++)
          expect({ when, question, ...(await read(node, question)) }).toEqual(right);
    }
  }

  const hits = async (node: TestApp, store: string): Promise<number> => {
    const text = await (await fetch(`${node.url}/metrics`)).text();
    const [, count] =
      new RegExp(`^standfirst_memory_hits_total\\{store="${store}"\\} (\\d+)`, 'm').exec(text) ?? [];
    return Number(count);
  };

  it(`equal what is read without them, whatever was written: seed ${seed}`, async () => {
    const run = new RaceRun(articles, provider);
    const writers = users.flatMap(({ user, role }, index) =>
      nodes.map((app, node) => new RaceWriter(run, app, user, role, new Random(seed + 2 * index + node))),
    );
    for (let round = 0; round < rounds; round++) {
      const asked: Asked[] = [];
      await Promise.all([
        ...writers.map(async (writer) => {
          for (let n = 0; n < writesEach; n++) await writer.act();
        }),
        (async () => {
          for (let n = 0; n < 2; n++) await random.pick(administrative)?.();
        })(),
        ...nodes.map(async (node) => {
          for (let n = 0; n < readsEach; n++) {
            const question = someQuestion();
            asked.push(question);
            await Promise.all([read(node, question), read(node, question)]);
          }
        }),
      ]);
      for (const id of claimed.slice(-2)) asked.push([one, { id }, undefined]);
      // Nothing is written from here on, and every write was acknowledged.
      await expectRight(asked, 'after writes');
      // What was kept is outdated by nothing but this change.
      const change = (seed + round) % administrative.length;
      await administrative[change]?.();
      await expectRight(asked, `after change ${change}`);
    }
    for (const node of nodes) {
      // How many questions are the same for everybody is left to chance.
      expect(await hits(node, 'answers')).toBeGreaterThan(rounds);
      expect(await hits(node, 'rows')).toBeGreaterThan(rounds);
    }
  });

  it('show what is hidden from the public as it is, although no event tells of its changes', async () => {
    const journalist = await plain.signUp('Ada Hidden', 'JOURNALIST', 'MODERATOR');
    const run = (name: string, type: string, input: Record<string, unknown>, fields: string) =>
      plain.data(
        `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code } } }`,
        { input },
        journalist.token,
      );
    const { createArticle } = await run(
      'createArticle',
      'CreateArticleInput',
      { title: 'Draft', body: 'One' },
      'article { id slug }',
    );
    const draft = createArticle.article as { id: string; slug: string };
    await plain.app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, [
      articles[3]?.articleId,
    ]);
    const author = await plain.signUp('Bo Hidden');
    const { comment: waiting } = await plain.addComment(author, {
      articleId: articles[3]?.id ?? '',
      body: 'One',
    });
    expect(waiting?.status).toBe('PENDING');
    const shownDraft = async (node: TestApp) =>
      (
        await node.data(
          'query ($slug: String!) { article(slug: $slug) { title bodyText } }',
          { slug: draft.slug },
          journalist.token,
        )
      ).article;
    const shownWaiting = async (node: TestApp, { token }: TestUser) =>
      (await node.data('query ($id: ID!) { comment(id: $id) { bodyText } }', { id: waiting?.id }, token))
        .comment;
    for (const text of ['One', 'Two', 'Three']) {
      if (text !== 'One') {
        await run(
          'updateArticle',
          'UpdateArticleInput',
          { articleId: draft.id, title: text, body: text },
          '',
        );
        await plain.data(
          `mutation ($input: EditCommentInput!) { editComment(input: $input) { userErrors { code } } }`,
          { input: { commentId: waiting?.id, body: text } },
          author.token,
        );
      }
      for (const node of nodes)
        for (let n = 0; n < 3; n++) {
          expect(await shownDraft(node)).toEqual({ title: text === 'One' ? 'Draft' : text, bodyText: text });
          expect(await shownWaiting(node, author)).toEqual({ bodyText: text });
          expect(await shownWaiting(node, journalist)).toEqual({ bodyText: text });
        }
    }
  });

  it('are never older than the moment when the request arrived, on any node', async () => {
    const [article] = articles;
    const author = users.find(({ role }) => role === 'MODERATOR')?.user;
    if (!article || !author) throw new Error('There are articles and users');
    await plain.app.db.query(`UPDATE article SET comment_policy = 'OPEN' WHERE id = $1`, [article.articleId]);
    const query = `query ($slug: String!) { article(slug: $slug) { commentCount comments(first: 5) { nodes { id bodyText } } } }`;
    const shown = async (node: TestApp) =>
      JSON.stringify((await read(node, [query, { slug: article.slug }, undefined])).data);
    const stop = new AbortController();
    // Others ask for the same all the time, so that there is always an answer that is kept or being made.
    const crowd = nodes.flatMap((node) =>
      Array.from({ length: 4 }, async () => {
        while (!stop.signal.aborted) await shown(node);
      }),
    );
    try {
      for (let n = 0; n < 30; n++) {
        const [here, there] = n % 2 === 0 ? nodes : ([nodes[1], nodes[0]] as const);
        const body = `Said ${n} ${randomUUID()}`;
        const { comment: posted } = await here.addComment(author, { articleId: article.id, body });
        expect(await Promise.all([shown(here), shown(there)])).toEqual([
          expect.stringContaining(body),
          expect.stringContaining(body),
        ]);
        await there.data(
          `mutation ($input: RemoveCommentInput!) { removeComment(input: $input) { userErrors { code } } }`,
          { input: { commentId: posted?.id } },
          author.token,
        );
        expect(await Promise.all([shown(here), shown(there)])).toEqual([
          expect.not.stringContaining(body),
          expect.not.stringContaining(body),
        ]);
      }
    } finally {
      stop.abort();
      await Promise.all(crowd);
    }
  });
});
