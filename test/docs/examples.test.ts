/**
 * @database either
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DefinitionNode, Kind, type OperationDefinitionNode, OperationTypeNode, parse } from 'graphql';
import { commentCountsOperation } from '../../src/carriers/feeds/comment-count-operation.ts';
import {
  commentsFeedOperation,
  journalistFeedOperation,
  siteFeedOperation,
  tagFeedOperation,
} from '../../src/carriers/feeds/feed-operations.ts';
import {
  embeddedArticleOperation,
  embeddedCommentOperation,
} from '../../src/carriers/feeds/oembed-operations.ts';
import { seedDemo } from '../../src/features/demo/seed.ts';
import { TestApp, type TestUser } from '../support/app.ts';
import { readXml } from '../support/feeds.ts';
import { fundingWorker, noFundingWork } from '../support/funding-worker.ts';
import { addCampaign, back, campaignInput } from '../support/funding.ts';
import { watchForLeaks } from '../support/leaks.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { addToken } from '../support/tokens.ts';

const root = join(import.meta.dirname, '../..');
const slug = 'the-last-boat-at-ten-past-eight';

interface Block {
  readonly language: string;
  readonly text: string;
}

async function blocksOf(page: string): Promise<Block[]> {
  const markdown = await readFile(join(root, 'docs', page), 'utf8');
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

const isOperation = (node: DefinitionNode): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION;

/** The one operation of an example. */
function operationOf(text: string): OperationDefinitionNode & { name: { value: string } } {
  const operations = parse(text).definitions.filter(isOperation);
  const [operation] = operations;
  if (operations.length !== 1 || !operation?.name) throw new Error(`Not one named operation:\n${text}`);
  return operation as OperationDefinitionNode & { name: { value: string } };
}

interface Example {
  readonly variables?: () => Record<string, unknown>;
  readonly user?: () => TestUser;
  /** Checks the data of a query or mutation, or the first event of a subscription. */
  readonly check: (data: any) => void;
}

describe('the examples of the documentation', () => {
  const provider = new ProviderDouble();
  let app: TestApp;
  let reader: TestUser;
  let moderator: TestUser;
  let journalist: TestUser;
  let editor: TestUser;
  let administrator: TestUser;
  let insulter: TestUser;
  let checkLeaks: () => Promise<void>;
  /** Results of examples that later examples need. */
  const known: Record<string, any> = {};

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    app = await TestApp.start(
      { ...noFundingWork, ...noMailWork, SITE_LOG_POLL_MS: '100', RATE_LIMITS: 'on' },
      { payments: provider, mailTransport: noTransport },
    );
    await seedDemo({ db: app.app.db, folder: join(root, 'demo'), maxDepth: 100, password: 'of this test' });
    reader = await app.signUp('Rea Example');
    moderator = await app.signUp('Mo Example', 'MODERATOR');
    journalist = await app.signUp('Jo Example', 'JOURNALIST');
    editor = await app.signUp('Ed Example', 'EDITOR');
    administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
    known.token = (await addToken(app, reader, { scopes: ['READ'] })).secret;
    known.pitch = await app.addArticle();
    await app.addArticle({
      authors: [{ key: 'oldsite:123', name: 'Ferry Fan', email: reader.email }],
      comments: [{ key: 'old-9', authorKey: 'oldsite:123', body: 'Keep it.', createdAt: '2014' }],
    });
    known.funded = await app.addArticle({ article: { title: 'The islands in winter' } });
    const milestones = [
      { title: 'The journey', goal: 2000 },
      { title: 'The film', goal: 100_000 },
    ];
    known.campaignId = await addCampaign(app, editor, campaignInput(known.funded.id, milestones));
    const { article: before } = await app.data(
      'query ($slug: String!) { article(slug: $slug) { liveCursor } }',
      known.funded,
    );
    known.beforePledge = before.liveCursor;
    await back(app, provider, reader, { campaignId: known.campaignId, amount: '2500', named: true });
    await fundingWorker(app, provider).run();
    const { article } = await app.data(
      `query ($slug: String!) { article(slug: $slug) { id permalink liveCursor } }`,
      { slug },
    );
    known.article = article;
    const { setCommentPolicy } = await app.data(
      `mutation ($id: ID!) { setCommentPolicy(input: { articleId: $id, commentPolicy: PREMODERATED }) {
        userErrors { code } } }`,
      { id: article.id },
      moderator.token,
    );
    expect(setCommentPolicy.userErrors).toEqual([]);
    insulter = await app.signUp('Tam Example');
    const heard = { articleId: article.id, body: 'Heard in the documentation.' };
    known.heard = (await app.addComment(moderator, heard)).comment?.id;
    known.insult = (await app.addComment(insulter, { articleId: article.id, body: 'You fool.' })).comment?.id;
  });

  afterAll(async () => {
    await app.close();
    await checkLeaks();
  });

  const articleId = (): string => known.article.id;

  const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString();

  /** The tested examples by page and operation. The test fails if an example is missing here or on the page. */
  const examples: Record<string, Record<string, Example>> = {
    'conventions.md': {
      Page: {
        variables: () => ({ slug }),
        check: ({ article }) => expect(article.comments.nodes).toHaveLength(20),
      },
    },
    'live.md': {
      Page: {
        variables: () => ({ slug }),
        check: ({ article }) => expect(article.allComments.nodes).toHaveLength(50),
      },
      Listen: {
        variables: () => ({ articleId: articleId(), after: known.article.liveCursor }),
        check: (event) => expect(event.__typename).toBe('CommentPolicyChanged'),
      },
      ListenToSite: {
        check: (event) => expect(event.__typename).toBe('SiteCheckpoint'),
      },
      Position: {
        check: ({ events }) => expect(events.cursor).toEqual(expect.any(String)),
      },
      ListenToModeration: {
        user: () => moderator,
        check: (event) => expect(event.__typename).toBe('ModerationCheckpoint'),
      },
      History: {
        user: () => moderator,
        variables: () => ({ person: Buffer.from(`Person:${moderator.accountId}`).toString('base64url') }),
        check: ({ moderationHistory }) => expect(moderationHistory.pageInfo.hasNextPage).toBe(false),
      },
      NewComments: {
        variables: () => ({ articleId: articleId(), after: known.article.liveCursor }),
        check: (event) => expect(event.comment.bodyText).toBe('Heard in the documentation.'),
      },
    },
    'accounts.md': {
      SignUp: {
        variables: () => ({
          input: { email: 'new@example.org', password: 'correct horse battery', name: 'Nel Example' },
        }),
        check: ({ signUp }) => {
          expect(signUp).toMatchObject({ session: null, userErrors: [] });
          known.secret = signUp.confirmation.secret;
        },
      },
      ConfirmSignUp: {
        variables: () => ({ input: { token: known.linkToken, secret: known.secret } }),
        check: ({ confirmSignUp }) =>
          expect(confirmSignUp).toMatchObject({ viewer: { email: 'new@example.org' }, userErrors: [] }),
      },
      Sessions: {
        user: () => reader,
        check: ({ viewer }) => expect(viewer.sessions).toMatchObject([{ isCurrent: true }]),
      },
      RequestEndorsement: {
        variables: () => ({
          input: { articleId: articleId(), displayName: 'Nel Example', email: 'new@example.org' },
        }),
        check: ({ requestEndorsement }) => expect(requestEndorsement).toMatchObject({ userErrors: [] }),
      },
      MailedEndorsement: {
        variables: () => ({ token: known.linkToken }),
        check: ({ viewerMailedEndorsement }) =>
          expect(viewerMailedEndorsement).toMatchObject({ state: 'PENDING', displayName: 'Nel Example' }),
      },
      ConfirmEndorsement: {
        variables: () => ({ input: { token: known.linkToken } }),
        check: ({ confirmEndorsement }) =>
          expect(confirmEndorsement).toMatchObject({ endorsement: { origin: 'EMAIL' }, userErrors: [] }),
      },
      ImportedAuthors: {
        user: () => reader,
        check: ({ viewer }) => {
          expect(viewer.importedAuthors).toMatchObject([{ name: 'Ferry Fan', commentCount: 1 }]);
          known.authorId = viewer.importedAuthors[0].id;
        },
      },
      ClaimImportedAuthor: {
        user: () => reader,
        variables: () => ({ input: { authorId: known.authorId } }),
        check: ({ claimImportedAuthor }) =>
          expect(claimImportedAuthor).toEqual({ viewer: { id: reader.viewerId }, userErrors: [] }),
      },
    },
    'integrators.md': {
      Feed: {
        check: ({ articles }) => {
          expect(articles.nodes.length).toBeGreaterThan(0);
          for (const node of articles.nodes)
            expect(node.tags.map((tag: { name: string }) => tag.name)).toContain('ferries');
        },
      },
      Changed: {
        variables: () => ({ since: new Date(Date.now() - 3_600_000).toISOString() }),
        check: ({ articles }) => expect(articles.nodes[0]).toMatchObject({ slug }),
      },
      Find: {
        variables: () => ({ words: 'last boat' }),
        check: ({ search }) => expect(search.nodes[0].permalink).toContain(slug),
      },
      AtAddress: {
        variables: () => ({ url: known.article.permalink }),
        check: ({ articleByUrl }) => expect(articleByUrl.id).toBe(articleId()),
      },
      AtAddresses: {
        variables: () => ({ urls: [known.article.permalink, 'https://example.org/elsewhere'] }),
        check: ({ articlesByUrl }) =>
          expect(articlesByUrl).toEqual([
            { permalink: known.article.permalink, commentCount: expect.any(Number) },
            null,
          ]),
      },
      Discussion: {
        variables: () => ({ url: known.article.permalink }),
        check: (data) =>
          expect(data).toMatchObject({ articleByUrl: { id: articleId() }, canBeginThread: false }),
      },
      PostAtAddress: {
        // The comments of moderators are public at once.
        user: () => moderator,
        variables: () => ({ url: known.article.permalink, body: 'Hello.', key: randomUUID() }),
        check: ({ addComment }) =>
          expect(addComment).toMatchObject({
            comment: { status: 'PUBLISHED' },
            article: { id: articleId() },
            userErrors: [],
          }),
      },
      WholeThread: {
        variables: () => ({ slug }),
        check: ({ article }) => expect(article.allComments.nodes).toHaveLength(100),
      },
      Since: {
        variables: () => ({ slug, after: known.article.liveCursor }),
        check: ({ article }) => {
          expect(article.events.events[0]).toMatchObject({ __typename: 'CommentPolicyChanged', sequence: 1 });
          expect(article.events.hasMore).toBe(false);
        },
      },
      SiteSince: {
        check: ({ events }) => expect(events).toMatchObject({ events: [], hasMore: false }),
      },
      AllArticles: {
        check: ({ articles }) => expect(articles.nodes).toContainEqual({ id: articleId() }),
      },
      OneArticle: {
        variables: () => ({ id: articleId() }),
        check: ({ node }) => {
          expect(node).toMatchObject({ permalink: known.article.permalink, bodyText: expect.any(String) });
          expect(node.allComments.nodes).toHaveLength(100);
        },
      },
      SignIn: {
        variables: () => ({ email: reader.email, password: reader.password }),
        check: ({ signIn }) => expect(signIn.session.accessToken).toMatch(/^ey/),
      },
      Post: {
        user: () => reader,
        variables: () => ({ articleId: articleId(), body: 'Hello.', key: randomUUID() }),
        check: ({ addComment }) => {
          expect(addComment).toMatchObject({ comment: { status: 'PENDING' }, userErrors: [] });
          known.held = addComment.comment.id;
        },
      },
      Queue: {
        user: () => moderator,
        check: ({ moderationQueue: { liveCursor, items } }) => {
          // Behind those of the demo.
          expect(items.nodes.at(-1)).toMatchObject({
            held: 'COMMENT',
            phase: 'POLICY',
            revision: 1,
            bodyText: 'Hello.',
            comment: { id: known.held },
          });
          expect(liveCursor).toEqual(expect.any(String));
        },
      },
      Claim: {
        user: () => moderator,
        variables: () => ({ commentIds: [known.held] }),
        check: ({ claimComments }) =>
          expect(claimComments).toMatchObject({
            items: [{ comment: { id: known.held }, claimedBy: { name: 'Mo Example' } }],
            userErrors: [],
          }),
      },
      Decide: {
        user: () => moderator,
        variables: () => ({ commentId: known.held, revision: 1 }),
        check: ({ decideComments }) =>
          expect(decideComments).toMatchObject({
            results: [
              { comment: { status: 'PUBLISHED' }, decision: { id: expect.any(String) }, userErrors: [] },
            ],
            userErrors: [],
          }),
      },
      Write: {
        user: () => journalist,
        variables: () => ({ title: 'Low water', body: 'The harbour is silting up.' }),
        check: ({ createArticle }) => {
          expect(createArticle).toMatchObject({ article: { slug: 'low-water', status: 'DRAFT' } });
          known.draft = createArticle.article.id;
        },
      },
      Publish: {
        user: () => journalist,
        variables: () => ({ articleId: known.draft }),
        check: ({ publishArticle }) => expect(publishArticle.article.permalink).toContain('low-water'),
      },
    },
    'tokens.md': {
      MakeToken: {
        user: () => reader,
        variables: () => ({ expiresAt: tomorrow(), key: randomUUID() }),
        check: ({ createToken }) => {
          expect(createToken).toMatchObject({ secret: expect.stringMatching(/^sf_/), userErrors: [] });
          known.tokenId = createToken.token.id;
        },
      },
      BindToken: {
        user: () => reader,
        variables: () => ({ documents: ['0'.repeat(64)], expiresAt: tomorrow() }),
        check: ({ createToken }) => expect(createToken.userErrors).toEqual([]),
      },
      MyTokens: {
        user: () => reader,
        check: ({ viewer }) => expect(viewer.tokens).toHaveLength(3),
      },
      RevokeToken: {
        user: () => reader,
        variables: () => ({ tokenId: known.tokenId }),
        check: ({ revokeToken }) => expect(revokeToken.token.revokedAt).toEqual(expect.any(String)),
      },
      MakeServiceAccount: {
        user: () => administrator,
        variables: () => ({ key: randomUUID() }),
        check: ({ createServiceAccount }) => {
          known.serviceAccountId = createServiceAccount.serviceAccount.id;
          expect(createServiceAccount.serviceAccount.address).toBe('service:reply-bot');
        },
      },
      ServiceAccounts: {
        user: () => administrator,
        check: ({ serviceAccounts }) => expect(serviceAccounts).toMatchObject([{ name: 'Reply bot' }]),
      },
    },
    'webhooks.md': {
      AddWebhook: {
        user: () => administrator,
        variables: () => ({ serviceAccountId: known.serviceAccountId }),
        check: ({ createWebhook }) => {
          expect(createWebhook).toMatchObject({ webhook: { status: 'ACTIVE' }, userErrors: [] });
          expect(createWebhook.secret).toMatch(/^whsec_/);
        },
      },
    },
    'notifications.md': {
      Inbox: {
        user: () => reader,
        check: ({ viewer }) =>
          expect(viewer.unreadNotificationCount).toBe(
            viewer.notifications.nodes.filter(({ isRead }: { isRead: boolean }) => !isRead).length,
          ),
      },
      MarkRead: {
        user: () => reader,
        variables: () => ({ upTo: 1000 }),
        check: ({ markNotificationsRead }) =>
          expect(markNotificationsRead).toEqual({ viewer: { unreadNotificationCount: 0 }, userErrors: [] }),
      },
      Listen: {
        user: () => reader,
        check: (event) =>
          expect(event).toMatchObject({ __typename: 'ViewerCheckpoint', cursor: expect.any(String) }),
      },
      Prefer: {
        user: () => moderator,
        variables: () => ({ preferences: [{ kind: 'REPLY', frequency: 'AT_ONCE' }] }),
        check: ({ setMailPreferences }) =>
          expect(setMailPreferences.viewer.mailPreferences).toContainEqual({
            kind: 'REPLY',
            frequency: 'AT_ONCE',
          }),
      },
      Mute: {
        user: () => moderator,
        // The reader has posted a comment above.
        variables: () => ({
          authorId: Buffer.from(`CommentAuthor:${reader.accountId}`).toString('base64url'),
        }),
        check: ({ muteAuthor }) => expect(muteAuthor.userErrors).toEqual([]),
      },
    },
    'funding.md': {
      Campaigns: {
        check: ({ campaigns }) =>
          expect(campaigns).toMatchObject({ totalCount: 1, nodes: [{ id: known.campaignId }] }),
      },
      Campaign: {
        variables: () => ({ slug: known.funded.slug }),
        check: ({ article }) =>
          expect(article.campaign).toMatchObject({
            status: 'LIVE',
            testMode: true,
            pledged: { minorUnits: '2500', currency: 'EUR' },
            collected: { minorUnits: '2500' },
            paidOut: { minorUnits: '0' },
            milestones: [{ status: 'FUNDED' }, { status: 'OPEN' }],
            backers: { nodes: [{ name: 'Rea Example' }] },
            viewerPledge: null,
          }),
      },
      Follow: {
        variables: () => ({ articleId: known.funded.id, after: known.beforePledge }),
        check: (event) =>
          expect(event).toMatchObject({
            __typename: 'PledgeAdded',
            amount: { minorUnits: '2500' },
            backer: { name: 'Rea Example' },
          }),
      },
      Ledger: {
        variables: () => ({ slug: known.funded.slug }),
        check: ({ article }) =>
          expect(article.campaign.ledger.nodes).toMatchObject([
            { sequence: 1, kind: 'PAYMENT', entries: [{ account: 'BACKER' }, { account: 'CAMPAIGN' }] },
          ]),
      },
      Currencies: {
        check: ({ fundingCurrencies }) =>
          expect(fundingCurrencies).toContainEqual({
            code: 'KWD',
            digits: 3,
            leastPledge: { minorUnits: expect.stringMatching(/^\d+0$/) },
            largestPledge: { minorUnits: expect.stringMatching(/^\d+0$/) },
            step: { minorUnits: '10' },
          }),
      },
      Draft: {
        user: () => editor,
        variables: () => ({
          articleId: known.pitch.id,
          deadline: new Date(Date.now() + 86_400_000).toISOString(),
          key: randomUUID(),
        }),
        check: ({ createCampaign }) => {
          expect(createCampaign).toMatchObject({ campaign: { status: 'DRAFT' }, userErrors: [] });
          known.drafted = createCampaign.campaign.id;
        },
      },
      Launch: {
        user: () => editor,
        variables: () => ({ campaignId: known.drafted }),
        check: ({ launchCampaign }) => expect(launchCampaign.campaign.status).toBe('LIVE'),
      },
      Pledge: {
        user: () => reader,
        variables: () => ({ campaignId: known.drafted, key: randomUUID() }),
        check: ({ pledge }) =>
          expect(pledge.pledge).toMatchObject({
            status: 'SETUP',
            setupUrl: expect.stringMatching(/^https:/),
          }),
      },
      OwnPledges: {
        user: () => reader,
        check: ({ viewer }) =>
          expect(viewer.pledges).toMatchObject({
            totalCount: 2,
            nodes: [
              { status: 'SETUP', repairableUntil: null, testMode: true },
              { status: 'COLLECTED', milestone: { title: expect.any(String) } },
            ],
          }),
      },
      PayOut: {
        user: () => editor,
        variables: () => ({ campaignId: known.campaignId, key: randomUUID() }),
        check: ({ payOut }) => expect(payOut).toMatchObject({ campaign: {}, userErrors: [] }),
      },
      Lead: {
        user: () => editor,
        variables: () => ({ slug: known.funded.slug, status: 'COLLECTED' }),
        check: ({ article }) =>
          expect(article).toMatchObject({
            viewerCanCreateCampaign: false,
            campaign: {
              viewerManagement: {
                canMoveMoney: true,
                // The payout that was asked for just now is taken off.
                available: { minorUnits: '1500', currency: 'EUR' },
                pledgeTallies: [{ status: 'COLLECTED', count: 1, total: { minorUnits: '2500' } }],
                pledges: { nodes: [{ status: 'COLLECTED' }] },
                payouts: { nodes: [{ status: 'CREATED', destination: 'acct_1A2b3C' }] },
              },
            },
          }),
      },
    },
    // The last page: what it sets holds the comments of others.
    'moderation.md': {
      Configure: {
        user: () => editor,
        check: ({ setModerationSettings }) => expect(setModerationSettings.userErrors).toEqual([]),
      },
      Queue: {
        user: () => moderator,
        variables: () => ({ filter: { articleId: articleId(), held: 'COMMENT', isReported: false } }),
        check: ({ moderationQueue }) =>
          expect(moderationQueue.items).toMatchObject({
            totalCount: 1,
            nodes: [{ revision: 1, bodyHtml: '<p dir="auto">You fool.</p>', comment: { id: known.insult } }],
          }),
      },
      Decide: {
        user: () => moderator,
        variables: () => ({
          decisions: [{ commentId: known.insult, expectedRevision: 1, verdict: 'REJECT', reason: 'ABUSE' }],
        }),
        check: ({ decideComments }) =>
          expect(decideComments.results).toMatchObject([
            { commentId: known.insult, decision: { kind: 'REJECTED' }, item: null, userErrors: [] },
          ]),
      },
      OwnHidden: {
        user: () => insulter,
        variables: () => ({ slug }),
        check: ({ article }) =>
          expect(article.viewerHiddenComments.nodes).toMatchObject([
            {
              status: 'REJECTED',
              bodyHtml: '<p dir="auto">You fool.</p>',
              viewerDecision: { reason: 'ABUSE' },
            },
          ]),
      },
      TakenBack: {
        user: () => insulter,
        check: ({ viewer }) => expect(viewer.takenBackComments).toEqual({ totalCount: 0, nodes: [] }),
      },
      AddHookToken: {
        user: () => administrator,
        variables: () => ({ serviceAccountId: known.serviceAccountId, expiresAt: tomorrow() }),
        check: ({ createToken }) =>
          expect(createToken).toEqual({ secret: expect.stringMatching(/^sf_/), userErrors: [] }),
      },
      AddHook: {
        user: () => administrator,
        variables: () => ({ serviceAccountId: known.serviceAccountId }),
        check: ({ createWebhook }) =>
          expect(createWebhook).toMatchObject({
            secret: expect.stringMatching(/^whsec_/),
            userErrors: [],
          }),
      },
      AskHook: {
        user: () => editor,
        check: ({ setModerationSettings }) => expect(setModerationSettings.userErrors).toEqual([]),
      },
      Report: {
        user: () => reader,
        variables: () => ({ input: { commentId: known.heard, reason: 'OFF_TOPIC' } }),
        check: ({ reportComment }) =>
          expect(reportComment).toEqual({
            comment: { id: known.heard, status: 'PUBLISHED' },
            userErrors: [],
          }),
      },
      Suspend: {
        user: () => moderator,
        variables: () => ({
          personId: Buffer.from(`Person:${insulter.accountId}`).toString('base64url'),
          until: tomorrow(),
        }),
        check: ({ suspendAccount: { person, userErrors } }) => {
          expect(userErrors).toEqual([]);
          expect(person.suspension.until).toEqual(expect.any(String));
          expect(person.decisions.nodes).toMatchObject([{ kind: 'SUSPENDED' }]);
          known.suspension = person.decisions.nodes[0].id;
        },
      },
      Undo: {
        user: () => moderator,
        variables: () => ({ decisionId: known.suspension }),
        check: ({ undoDecision }) =>
          expect(undoDecision).toEqual({ decision: { undoneAt: expect.any(String) }, userErrors: [] }),
      },
    },
  };

  async function runOperation(text: string, example: Example): Promise<void> {
    // The link that an earlier example may have had mailed.
    const [mail] = await app.app.db.query<{ text: string }>(
      `SELECT text FROM mail WHERE recipient = 'new@example.org' ORDER BY created_at DESC LIMIT 1`,
    );
    known.linkToken = mail?.text.split('#')[1]?.split('\n')[0];
    const variables = example.variables?.() ?? {};
    if (operationOf(text).operation !== OperationTypeNode.SUBSCRIPTION) {
      example.check(await app.data(text, variables, example.user?.().token));
      return;
    }
    const token = example.user?.().token;
    const client = app.live.client(token === undefined ? {} : { token });
    const [event] = await app.live.subscribe(text, variables, client).waitFor(1);
    example.check(event);
  }

  for (const [page, operations] of Object.entries(examples)) {
    it(`of ${page} are all tested`, async () => {
      const blocks = await blocksOf(page);
      const seen: string[] = [];
      for (const { language, text } of blocks) {
        if (language !== 'graphql') continue;
        const name = operationOf(text).name.value;
        seen.push(name);
        const example = operations[name];
        if (!example) throw new Error(`${page} has an example ${name} that nothing tests`);
        await runOperation(text, example);
      }
      expect(seen).toEqual(Object.keys(operations));
    });

    it(`of ${page} that are curl commands run as they are written`, async () => {
      const commands = (await blocksOf(page)).filter(({ text }) => text.startsWith('curl'));
      for (const { text } of commands) {
        const script = text.replaceAll('http://127.0.0.1:4000', app.url);
        const env = { ...process.env, STANDFIRST_TOKEN: known.token };
        const { stdout } = await promisify(execFile)('bash', ['-c', script], { env });
        if (stdout.startsWith('<?xml')) expect(readXml(stdout).length).toBeGreaterThan(1);
        else expect(JSON.parse(stdout)).not.toHaveProperty('errors');
      }
    });
  }

  it('of conventions.md costs the points that the page calculates', async () => {
    const page = await readFile(join(root, 'docs/conventions.md'), 'utf8');
    const [, query = ''] = /this query costs \d+ points:\n\n```graphql\n(.*?)^```/ms.exec(page) ?? [];
    const [, report = ''] = /^```json\n(.*?)^```/ms.exec(page) ?? [];
    const { cost: stated } = JSON.parse(report).extensions;
    const costOf = async (text: string): Promise<any> =>
      ((await app.query(text, { slug })).extensions as any).cost;
    const budget = { ...stated.budget, remaining: expect.any(Number), resetSeconds: expect.any(Number) };
    expect(await costOf(query)).toEqual({ ...stated, budget });

    const [, large] = /are ([\d,]+)\s+of 5,000/.exec(page) ?? [];
    const largest = query.replace('first: 20', 'first: 100').replace('first: 1)', 'first: 10)');
    expect(await costOf(largest)).toMatchObject({ requested: Number(large?.replace(',', '')) });
    const larger = largest.replace('first: 10)', 'first: 11)');
    const refused = await app.query(larger, { slug });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }]);
  });

  it('of http.md that need no GraphQL cost the points of their operations', async () => {
    const page = await readFile(join(root, 'docs/http.md'), 'utf8');
    const statedFor = (answer: string): number[] => {
      const [, points = ''] = new RegExp(`^\\| ${answer} +\\| (.*?) +\\|$`, 'm').exec(page) ?? [];
      return points.split(', ').map((text) => Number(text.replace(',', '')));
    };
    const costOf = async (operation: { readonly source: string }, variables: object): Promise<number> =>
      ((await app.query(operation.source, { ...variables })).extensions as any).cost.requested;
    const [texts, name, id] = [true, 'ferries', 'none'];
    expect(statedFor('a feed of articles: the site’s, a journalist’s, a tag’s')).toEqual([
      await costOf(siteFeedOperation, { texts }),
      await costOf(journalistFeedOperation, { slug, texts }),
      await costOf(tagFeedOperation, { name, texts }),
    ]);
    expect(statedFor('a feed of comments')).toEqual([await costOf(commentsFeedOperation, { slug, texts })]);
    expect(statedFor('oEmbed of an article, of a comment')).toEqual([
      await costOf(embeddedArticleOperation, { slug }),
      await costOf(embeddedCommentOperation, { id }),
    ]);
    const urls = Array.from({ length: 100 }, () => 'https://example.org/');
    expect(statedFor('numbers of comments at 100 addresses')).toEqual([
      await costOf(commentCountsOperation, { urls }),
    ]);
  });
});
