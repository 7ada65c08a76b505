import type { Role } from '../../src/platform/auth/viewer.ts';
import type { TestApp, TestUser } from '../support/app.ts';
import { globalId, setArticle } from '../support/article-states.ts';
import { done, keyOf } from '../support/comments.ts';
import { fundingWorker, noFundingWork } from '../support/funding-worker.ts';
import { addCampaign, back, campaignInput, fund, type TestMilestone } from '../support/funding.ts';
import { noMailWork } from '../support/mail.ts';
import type { PinnedClock } from '../support/pinned-clock.ts';
import type { PaymentOutcome, ProviderDouble } from '../support/provider-double.ts';
import type {
  ArticleThing,
  BylineThing,
  CampaignThing,
  CommentThing,
  EndorsementThing,
  PledgeThing,
  Who,
} from './rules.ts';

/** The settings that the world is made for. */
export const worldSettings = {
  MAX_COMMENT_DEPTH: '2',
  MAX_QUERY_COST: '1000000000',
  MAX_EVENT_COST: '1000000000',
  MAX_COST_PER_MINUTE: '1000000000',
  MAX_QUERY_DEPTH: '100',
  MAX_QUERY_TOKENS: '100000',
  MAX_QUERY_ALIASES: '100',
  // Nothing listens there: the service sends mail, and no mail is sent.
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'news@example.org',
  ...noMailWork,
  ...noFundingWork,
};

/** An object of the world, with the facts that the rules look at. */
export interface Item<T> {
  readonly name: string;
  readonly id: string;
  readonly slug?: string;
  readonly thing: T;
}

/** A viewer of the tests; `token` undefined: signed out. */
export interface Visitor extends Who {
  readonly user: TestUser | undefined;
  readonly token: string | undefined;
}

/** A milestone as a mutation takes it. */
export type MilestoneInput = Readonly<Record<'title' | 'description' | 'goal', string>> & {
  readonly unlockedArticleId?: string;
};

export interface CampaignItem extends Item<CampaignThing> {
  readonly milestones: readonly MilestoneInput[];
}

export interface PledgeItem extends Item<PledgeThing> {
  /** Minor units. No other amount of the world is the same, or a part of it. */
  readonly amount: string;
  /** The name under which the backer is public; null: the backer is not named, or the pledge does not count. */
  readonly publicName: string | null;
}

/**
 * An article in every status, a comment in every state, an endorsement in every state, campaigns and pledges in most, and
 * every kind of visitor.
 */
export interface World {
  readonly visitors: readonly Visitor[];
  readonly articles: readonly Item<ArticleThing>[];
  readonly bylines: readonly Item<BylineThing>[];
  readonly comments: readonly Item<CommentThing>[];
  readonly endorsements: readonly Item<EndorsementThing>[];
  readonly campaigns: readonly CampaignItem[];
  readonly pledges: readonly PledgeItem[];
}

const cast: readonly [name: string, roles: readonly Role[], state?: 'suspended' | 'unconfirmed'][] = [
  ['reader', []],
  ['author', []],
  ['other reader', []],
  ['owner', ['JOURNALIST']],
  ['other journalist', ['JOURNALIST']],
  ['former journalist', []],
  ['moderator', ['MODERATOR']],
  ['editor', ['EDITOR']],
  ['administrator', ['ADMINISTRATOR']],
  ['suspended author', [], 'suspended'],
  ['suspended moderator', ['MODERATOR'], 'suspended'],
  ['unconfirmed author', [], 'unconfirmed'],
];

const articleStates: readonly [
  name: string,
  status: ArticleThing['status'],
  policy: ArticleThing['policy'],
  byline?: string,
][] = [
  ['open', 'PUBLISHED', 'OPEN'],
  ['closed', 'PUBLISHED', 'CLOSED'],
  ['premoderated', 'PUBLISHED', 'PREMODERATED'],
  ['draft', 'DRAFT', 'OPEN'],
  ['unpublished', 'UNPUBLISHED', 'OPEN'],
  ['former', 'PUBLISHED', 'OPEN', 'former-example'],
  ['former’s draft', 'DRAFT', 'OPEN', 'former-example'],
  ['shelved', 'PUBLISHED', 'OPEN'],
];

/** Goals of the campaigns of articles, each with the article that it unlocks. All others than `drafts` are launched. */
const campaigns: Readonly<Record<string, readonly [goal: number, unlocks?: string][]>> = {
  open: [[10_019], [1_000_033, 'former’s draft']],
  closed: [[500_029, 'draft']],
  premoderated: [[600_043]],
  draft: [[700_027]],
  unpublished: [[800_029]],
  former: [[5023]],
  shelved: [[900_053]],
};
const drafts: readonly string[] = ['closed', 'draft', 'shelved'];

interface Backing {
  readonly article: string;
  readonly by: string;
  readonly amount: number;
  readonly named?: boolean;
  /** Absent: no means of payment is saved. */
  readonly outcome?: PaymentOutcome;
}

/** Pledges before the worker runs for the first time, which reach the first milestone of `open` and the one of `former`. */
const earlyBackings: readonly Backing[] = [
  { article: 'open', by: 'reader', amount: 6011, named: true, outcome: 'succeeds' },
  { article: 'open', by: 'other reader', amount: 4013, outcome: 'declined' },
  { article: 'former', by: 'author', amount: 5029, named: true, outcome: 'succeeds' },
  { article: 'premoderated', by: 'author', amount: 7013, named: true, outcome: 'succeeds' },
  { article: 'unpublished', by: 'other reader', amount: 8017, named: true, outcome: 'succeeds' },
];
/** Pledges after that. */
const lateBackings: readonly Backing[] = [
  { article: 'open', by: 'author', amount: 3019, named: true, outcome: 'succeeds' },
  { article: 'open', by: 'suspended author', amount: 1999, outcome: 'succeeds' },
  { article: 'open', by: 'former journalist', amount: 2539, named: true, outcome: 'succeeds' },
];
/** Pledges that count for nothing, because no means of payment is saved. */
const unfinishedBackings: readonly Backing[] = [
  { article: 'open', by: 'moderator', amount: 7_654_321, named: true },
];

const bylines: readonly [slug: string, owner: string][] = [
  ['owner-example', 'owner'],
  ['other-example', 'other journalist'],
  ['former-example', 'former journalist'],
];

class WorldMaker {
  readonly #app: TestApp;
  readonly #clock: PinnedClock;
  readonly #provider: ProviderDouble;
  readonly #visitors: Visitor[] = [
    {
      name: 'anonymous',
      accountId: null,
      roles: [],
      suspended: false,
      unconfirmed: false,
      user: undefined,
      token: undefined,
    },
  ];
  readonly #comments: Omit<Item<CommentThing>, 'thing'>[] = [];
  readonly #endorsements: Omit<Item<EndorsementThing>, 'thing'>[] = [];

  constructor(app: TestApp, clock: PinnedClock, provider: ProviderDouble) {
    this.#app = app;
    this.#clock = clock;
    this.#provider = provider;
  }

  #user(name: string): TestUser {
    const user = this.#visitors.find((visitor) => visitor.name === name)?.user;
    if (!user) throw new Error(`Nobody is called ${name}`);
    return user;
  }

  #sql<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#app.app.db.query<Row>(statement, values);
  }

  async make(): Promise<World> {
    for (const [name, roles, state] of cast) {
      const user = await this.#app.signUp(`${name} Example`, ...roles);
      const { accountId, token } = user;
      this.#visitors.push({
        name,
        accountId,
        roles: ['READER', ...roles],
        suspended: state === 'suspended',
        unconfirmed: state === 'unconfirmed',
        user,
        token,
      });
    }
    const articles = new Map<string, { id: string; articleId: string; slug: string }>();
    for (const [name, , , byline = 'owner-example'] of articleStates)
      articles.set(name, await this.#article(name, byline));
    for (const [slug, owner] of bylines) {
      const { accountId } = this.#user(owner);
      await this.#sql('UPDATE journalist SET account_id = $2 WHERE slug = $1', [slug, accountId]);
    }
    await this.#fund(articles);
    for (const [name, status, policy] of articleStates) {
      const { articleId } = articles.get(name) ?? { articleId: '' };
      await setArticle(this.#app, articleId, { status });
      await this.#sql('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
    }
    const suspended = this.#visitors.filter((visitor) => visitor.suspended);
    await this.#sql('UPDATE account SET suspended_at = clock_timestamp() WHERE id = ANY($1::bigint[])', [
      suspended.map(({ accountId }) => accountId),
    ]);
    const unconfirmed = this.#visitors.filter((visitor) => visitor.unconfirmed);
    await this.#sql('UPDATE account SET email_verified_at = NULL WHERE id = ANY($1::bigint[])', [
      unconfirmed.map(({ accountId }) => accountId),
    ]);
    // These changes have no events, so that rows which were kept have to be read again.
    await this.#sql('UPDATE site_revision SET revision = revision + 1');
    return this.#read(articles);
  }

  /** Makes campaigns and pledges. Drafts that milestones unlock are drafts from then on. */
  async #fund(
    articles: ReadonlyMap<string, { readonly id: string; readonly articleId: string }>,
  ): Promise<void> {
    const [app, editor] = [this.#app, this.#user('editor')];
    const article = (name: string) => articles.get(name) ?? { id: '', articleId: '' };
    for (const [name, status] of articleStates)
      if (status === 'DRAFT') await setArticle(app, article(name).articleId, { status });
    const ids = new Map<string, string>();
    for (const [name, goals] of Object.entries(campaigns)) {
      const milestones = goals.map(([goal, unlocks], index): TestMilestone => ({
        title: `Purpose ${index + 1} of ${name}.`,
        goal,
        ...(unlocks === undefined ? {} : { unlockedArticleId: article(unlocks).id }),
      }));
      const input = campaignInput(article(name).id, milestones, this.#clock.now());
      ids.set(name, await addCampaign(app, editor, input, { launched: !drafts.includes(name) }));
    }
    const worker = fundingWorker(app, this.#provider, { clock: this.#clock });
    const pledge = async ({ article: name, by, amount, named = false, outcome }: Backing) => {
      const input = { campaignId: ids.get(name) ?? '', amount: String(amount), named };
      if (outcome) await back(app, this.#provider, this.#user(by), { ...input, outcome });
      else await fund(app, 'pledge', input, this.#user(by));
    };
    for (const backing of earlyBackings) await pledge(backing);
    await worker.run();
    for (const backing of lateBackings) await pledge(backing);
    await worker.run();
    for (const backing of unfinishedBackings) await pledge(backing);
    await fund(app, 'cancelCampaign', { campaignId: ids.get('premoderated') }, editor);
    await fund(app, 'cancelCampaign', { campaignId: ids.get('shelved') }, editor);
    await fund(app, 'suspendCampaign', { campaignId: ids.get('unpublished') }, editor);
    const ownPledge = async (name: string) => {
      const [row] = await this.#sql<{ articleId: string; id: string }>(
        `SELECT article_id::text AS "articleId", id::text AS id FROM pledge WHERE account_id = $1 ORDER BY id LIMIT 1`,
        [this.#user(name).accountId],
      );
      return globalId('Pledge', row?.articleId ?? '', row?.id ?? '');
    };
    const change = { pledgeId: await ownPledge('suspended author'), amount: '2027' };
    await fund(app, 'changePledge', change, this.#user('suspended author'));
    const withdrawn = { pledgeId: await ownPledge('former journalist') };
    await fund(app, 'withdrawPledge', withdrawn, this.#user('former journalist'));
    const failed = { pledgeId: await ownPledge('other reader') };
    await fund(app, 'retryPledge', failed, this.#user('other reader'));
  }

  async #article(name: string, slug: string) {
    const journalist = {
      slug,
      name: 'Owner Example',
      bio: 'Writes *here*.',
      location: 'LONDON, UK',
    };
    const article = await this.#app.addArticle({
      journalist,
      article: {
        title: `The ${name} one`,
        standfirst: 'Read on.',
        body: 'Write to desk@example.org, **now**.',
        tags: [`tag-${name}`],
        canonicalUrl: `https://elsewhere.example.org/${encodeURIComponent(name)}`,
        signatures: [{ name: 'S. Example', role: 'Signatory' }],
      },
      comments: [
        { key: 'named', authorName: 'Imported Example', body: 'Imported', createdAt: '2015' },
        { key: 'erased', parentKey: 'named', authorName: null, body: 'Nameless', createdAt: '2016' },
        { key: 'gone', removed: true, createdAt: '2016' },
      ],
      endorsements: [{ key: 'e', displayName: 'E Example', statement: 'Yes', createdAt: '2015-07' }],
    });
    const { id, articleId } = article;
    await this.#endorse(id, 'author');
    const root = await this.#add(`${name}: public`, id, 'author');
    await this.#add(`${name}: waiting`, id, 'author', root, 'PENDING');
    if (name === 'open') await this.#fill(id, articleId, root);
    // Another journalist, with one article.
    if (name === 'open')
      await this.#app.addArticle({ journalist: { slug: 'other-example', name: 'Other Example' } });
    return article;
  }

  /** Adds comments and endorsements in every state. */
  async #fill(id: string, articleId: string, root: string): Promise<void> {
    const app = this.#app;
    const reply = await this.#add('reply', id, 'other reader', root);
    await this.#add('deepest', id, 'author', reply);
    await done(app, 'react', { commentId: root, kind: 'LIKE' }, this.#user('other reader'));
    const tombstone = await this.#add('tombstone', id, 'author');
    await this.#add('under the tombstone', id, 'author', tombstone);
    await done(app, 'react', { commentId: tombstone, kind: 'LIKE' }, this.#user('other reader'));
    const parent = await this.#add('vanished', id, 'author');
    await this.#add('waiting under the vanished', id, 'author', parent, 'PENDING');
    for (const commentId of [tombstone, parent])
      await done(app, 'removeComment', { commentId }, this.#user('author'));
    const rejected = await this.#add('rejected', id, 'author', undefined, 'PENDING');
    await done(app, 'rejectComment', { commentId: rejected, reason: 'Not here.' }, this.#user('moderator'));
    const unseen = await this.#add('removed while it waited', id, 'author', undefined, 'PENDING');
    await done(app, 'removeComment', { commentId: unseen }, this.#user('author'));
    const old = await this.#add('old', id, 'author');
    await this.#sql(
      `UPDATE comment SET created_at = created_at - interval '1 year' WHERE article_id = $1 AND id = $2`,
      [articleId, keyOf(old)],
    );
    await this.#add('of the suspended', id, 'suspended author');
    await this.#add('of the unconfirmed', id, 'unconfirmed author');
    await this.#edit(
      articleId,
      'with an edit that waits',
      await this.#add('with an edit that waits', id, 'author'),
    );
    const refused = await this.#add('with an edit that was rejected', id, 'author');
    await this.#edit(articleId, 'with an edit that was rejected', refused);
    const decision = { commentId: refused, expectedRevision: 2 };
    await done(app, 'rejectComment', { ...decision, reason: 'Not so.' }, this.#user('moderator'));
    await this.#add('of the suspended, waiting', id, 'suspended author', undefined, 'PENDING');
    await this.#add('of a moderator', id, 'moderator');
    await this.#endorse(id, 'other reader');
    await app.data(
      'mutation ($id: ID!) { withdrawEndorsement(input: { articleId: $id }) { userErrors { code } } }',
      { id },
      this.#user('other reader').token,
    );
    await done(app, 'editComment', { commentId: reply, body: 'Edited.' }, this.#user('other reader'));
  }

  async #add(
    name: string,
    articleId: string,
    author: string,
    parentId?: string,
    status: 'PUBLISHED' | 'PENDING' = 'PUBLISHED',
  ): Promise<string> {
    const article = Buffer.from(articleId, 'base64url').toString().split(':')[1];
    const setPolicy = (policy: string) =>
      this.#sql('UPDATE article SET comment_policy = $2 WHERE id = $1', [article, policy]);
    if (status === 'PENDING') await setPolicy('PREMODERATED');
    const input = { articleId, body: `Secret of ${name}.`, ...(parentId === undefined ? {} : { parentId }) };
    const { comment } = await done(this.#app, 'addComment', input, this.#user(author));
    if (status === 'PENDING') await setPolicy('OPEN');
    this.#comments.push({ name, id: comment.id });
    return comment.id;
  }

  /** Edits a comment in such a way that a moderator has to approve the new text. */
  async #edit(articleId: string, name: string, commentId: string): Promise<void> {
    const setPolicy = (policy: string) =>
      this.#sql('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
    await setPolicy('PREMODERATED');
    const input = { commentId, body: `Held secret of ${name}.` };
    await done(this.#app, 'editComment', input, this.#user('author'));
    await setPolicy('OPEN');
  }

  async #endorse(articleId: string, name: string): Promise<void> {
    const { endorse } = await this.#app.data(
      'mutation ($id: ID!) { endorse(input: { articleId: $id, statement: "Yes" }) { endorsement { id } } }',
      { id: articleId },
      this.#user(name).token,
    );
    this.#endorsements.push({ name: `of ${name}`, id: endorse.endorsement.id });
  }

  async #bylines(): Promise<Item<BylineThing>[]> {
    const rows = await this.#sql<{ id: string; slug: string; ownerId: string | null }>(
      'SELECT id::text AS id, slug, account_id::text AS "ownerId" FROM journalist ORDER BY id',
    );
    return rows.map(({ id, slug, ownerId }) => ({
      name: slug,
      slug,
      id: globalId('Journalist', id),
      thing: { kind: 'Byline', ownerId },
    }));
  }

  async #campaigns(
    byKey: ReadonlyMap<string, Item<ArticleThing>>,
    thingOf: (row: { articleId: string }) => { readonly article: ArticleThing },
  ): Promise<CampaignItem[]> {
    const rows = await this.#sql<{
      articleId: string;
      milestones: (MilestoneInput & { unlocks: string | null })[];
    }>(
      `SELECT article_id::text AS "articleId", json_agg(json_build_object('title', title, 'description', description,
         'goal', goal::text, 'unlocks', unlocked_article_id::text) ORDER BY position) AS milestones
       FROM milestone GROUP BY article_id ORDER BY article_id`,
    );
    return rows.map(({ articleId, milestones }) => ({
      name: byKey.get(articleId)?.name ?? '',
      slug: byKey.get(articleId)?.slug ?? '',
      id: globalId('Campaign', articleId),
      thing: { kind: 'Campaign', ...thingOf({ articleId }) },
      milestones: milestones.map(({ unlocks, ...milestone }) => ({
        ...milestone,
        ...(unlocks === null ? {} : { unlockedArticleId: globalId('Article', unlocks) }),
      })),
    }));
  }

  async #pledges(
    byKey: ReadonlyMap<string, Item<ArticleThing>>,
    thingOf: (row: { articleId: string }) => { readonly article: ArticleThing },
  ): Promise<PledgeItem[]> {
    const rows = await this.#sql<
      Pick<PledgeThing, 'accountId' | 'status' | 'hasPage'> & {
        articleId: string;
        id: string;
        amount: string;
        publicName: string | null;
      }
    >(
      `SELECT article_id::text AS "articleId", id::text AS id, account_id::text AS "accountId", status,
         set_up_url IS NOT NULL AS "hasPage", amount::text AS amount,
         CASE WHEN activated_at IS NOT NULL AND status <> 'WITHDRAWN' THEN display_name END AS "publicName"
       FROM pledge ORDER BY id`,
    );
    return rows.map(({ articleId, id, amount, publicName, ...facts }) => ({
      name: `${facts.status} of ${this.#visitors.find((one) => one.accountId === facts.accountId)?.name} to ${byKey.get(articleId)?.name}`,
      id: globalId('Pledge', articleId, id),
      amount,
      publicName,
      thing: { kind: 'Pledge', ...thingOf({ articleId }), ...facts },
    }));
  }

  /** Reads the facts that the rules look at from the tables. */
  async #read(
    articles: ReadonlyMap<string, { id: string; articleId: string; slug: string }>,
  ): Promise<World> {
    const byKey = new Map<string, Item<ArticleThing>>();
    for (const [name, { id, articleId, slug }] of articles) {
      const [row] = await this.#sql<Omit<ArticleThing, 'kind'>>(
        `SELECT a.status, a.comment_policy AS policy, j.account_id::text AS "ownerId",
           ARRAY(SELECT account_id::text FROM endorsement e WHERE e.article_id = a.id AND e.withdrawn_at IS NULL
             AND account_id IS NOT NULL) AS "endorserIds",
           ARRAY(SELECT DISTINCT account_id::text FROM endorsement e WHERE e.article_id = a.id
             AND account_id IS NOT NULL) AS "everEndorserIds",
           (SELECT json_build_object('status', c.status, 'wasLaunched', c.launched_at IS NOT NULL,
               'backerIds', ARRAY(SELECT account_id::text FROM pledge p WHERE p.article_id = a.id AND p.status = 'ACTIVE'),
               'everBackerIds', ARRAY(SELECT account_id::text FROM pledge p WHERE p.article_id = a.id),
               'holdsMoney', EXISTS (SELECT FROM ledger_entry e WHERE e.article_id = a.id AND e.account = 'CAMPAIGN'))
             FROM campaign c WHERE c.article_id = a.id) AS campaign
         FROM article a JOIN journalist j ON j.id = a.journalist_id WHERE a.id = $1`,
        [articleId],
      );
      if (row) byKey.set(articleId, { name, id, slug, thing: { kind: 'Article', ...row } });
    }
    const idOf = (type: string, row: { articleId: string; id: string }) =>
      Buffer.from(`${type}:${row.articleId}:${row.id}`).toString('base64url');
    const articleOf = (row: { articleId: string }) => {
      const article = byKey.get(row.articleId)?.thing;
      if (!article) throw new Error('A comment of another world');
      return article;
    };
    const comments = await this.#sql<any>(
      `SELECT c.article_id::text AS "articleId", c.id::text AS id, c.status, c.listed, c.account_id::text AS "authorId",
         coalesce(c.removed_status, c.status) = 'PUBLISHED' AS "wasPublic", c.depth < 2 AS "canNest",
         c.created_at > now() - interval '1 day' AS "isFresh", coalesce(p.listed, true) AS "parentListed", c.import_key AS key,
         c.status = 'REMOVED' AND c.body_markdown = '' AS "isTextGone", c.withdrawn_at IS NOT NULL AS "isWithdrawn",
         nullif(e.status, 'SETTLED') AS edit
       FROM comment c LEFT JOIN held_edit e ON e.article_id = c.article_id AND e.comment_id = c.id LEFT JOIN comment p ON p.article_id = c.article_id AND p.id = c.parent_id
       WHERE c.article_id = ANY($1::bigint[]) ORDER BY c.id`,
      [[...byKey.keys()]],
    );
    const endorsements = await this.#sql<any>(
      `SELECT article_id::text AS "articleId", id::text AS id, listed FROM endorsement
       WHERE article_id = ANY($1::bigint[]) ORDER BY id`,
      [[...byKey.keys()]],
    );
    const thingOf = ({ articleId }: { articleId: string }) => ({ article: articleOf({ articleId }) });
    return {
      campaigns: await this.#campaigns(byKey, thingOf),
      pledges: await this.#pledges(byKey, thingOf),
      visitors: this.#visitors,
      articles: [...byKey.values()],
      bylines: await this.#bylines(),
      comments: comments.map(({ articleId, id, key, ...facts }) => {
        const globalId = idOf('Comment', { articleId, id });
        const name =
          this.#comments.find((comment) => comment.id === globalId)?.name ??
          `${byKey.get(articleId)?.name}: ${key}`;
        return {
          name,
          id: globalId,
          thing: { kind: 'Comment', article: articleOf({ articleId }), ...facts },
        };
      }),
      endorsements: endorsements.map((row) => {
        const id = idOf('Endorsement', row);
        const name = this.#endorsements.find((endorsement) => endorsement.id === id)?.name ?? 'imported';
        return { name, id, thing: { kind: 'Endorsement', article: articleOf(row), listed: row.listed } };
      }),
    };
  }
}

/** Creates the world, and then stops the clock: the edit window of all comments but the old one is open. */
export async function makeWorld(app: TestApp, clock: PinnedClock, provider: ProviderDouble): Promise<World> {
  const world = await new WorldMaker(app, clock, provider).make();
  clock.set(new Date());
  return world;
}
