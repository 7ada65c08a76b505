import type { Role } from '../../src/platform/auth/viewer.ts';
import type { TestApp, TestUser } from '../support/app.ts';
import { giveByline, globalId, setArticle } from '../support/article-states.ts';
import { noFundingWork } from '../support/funding-worker.ts';
import { noMailWork } from '../support/mail.ts';
import type { PinnedClock } from '../support/pinned-clock.ts';
import type { ProviderDouble } from '../support/provider-double.ts';
import { permissions } from './all.ts';
import type { ArticleThing, BylineThing, Item, Items, Kind, Who } from './rules.ts';

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

/** A viewer of the tests; `token` undefined: signed out. */
export interface Visitor extends Who {
  readonly user: TestUser | undefined;
  readonly token: string | undefined;
}

/**
 * An article in every status, with what the features add to it, and every kind of visitor.
 */
export interface World {
  readonly visitors: readonly Visitor[];
  readonly things: { readonly [K in Kind]: readonly Items[K][] };
}

interface MadeArticle {
  readonly id: string;
  readonly articleId: string;
  readonly slug: string;
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
  ['suspended administrator', ['ADMINISTRATOR'], 'suspended'],
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

const bylines: readonly [slug: string, owner: string][] = [
  ['owner-example', 'owner'],
  ['other-example', 'other journalist'],
  ['former-example', 'former journalist'],
];

/** The world while it is made: people and articles, to which the features add their things. */
export class Stage {
  readonly app: TestApp;
  readonly clock: PinnedClock;
  readonly provider: ProviderDouble;
  readonly visitors: Visitor[] = [
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
  /** By their names in `articleStates`; all are open until every feature has added its things. */
  readonly articles = new Map<string, MadeArticle>();
  /** The names that features give their things, by global ids. */
  readonly names = new Map<string, string>();
  readonly #read = new Map<string, Item<ArticleThing>>();

  constructor(app: TestApp, clock: PinnedClock, provider: ProviderDouble) {
    this.app = app;
    this.clock = clock;
    this.provider = provider;
  }

  user(name: string): TestUser {
    const user = this.visitors.find((visitor) => visitor.name === name)?.user;
    if (!user) throw new Error(`Nobody is called ${name}`);
    return user;
  }

  article(name: string): MadeArticle {
    const article = this.articles.get(name);
    if (!article) throw new Error(`No article is called ${name}`);
    return article;
  }

  sql<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.app.app.db.query<Row>(statement, values);
  }

  /** An article with its facts, by its key; for `read` alone. */
  articleItem(articleId: string): Item<ArticleThing> {
    const article = this.#read.get(articleId);
    if (!article) throw new Error(`The world has no article ${articleId}`);
    return article;
  }

  async make(): Promise<World> {
    for (const one of cast) await this.#enter(...one);
    for (const [name, , , byline = 'owner-example'] of articleStates) {
      this.articles.set(name, await this.#addArticle(name, byline));
      // Another journalist, with one article.
      if (name === 'open')
        await this.app.addArticle({ journalist: { slug: 'other-example', name: 'Other Example' } });
    }
    for (const [slug, owner] of bylines) await giveByline(this.app, slug, this.user(owner).accountId);
    for (const { world } of permissions) await world.make(this);
    for (const [name, status, policy] of articleStates) {
      const { articleId } = this.article(name);
      await setArticle(this.app, articleId, { status });
      await this.sql('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
    }
    const idsOf = (some: readonly Visitor[]) => [some.map(({ accountId }) => accountId)];
    await this.sql(
      'UPDATE account SET suspended_at = clock_timestamp() WHERE id = ANY($1::bigint[])',
      idsOf(this.visitors.filter(({ suspended }) => suspended)),
    );
    await this.sql(
      'UPDATE account SET email_verified_at = NULL WHERE id = ANY($1::bigint[])',
      idsOf(this.visitors.filter(({ unconfirmed }) => unconfirmed)),
    );
    // These changes have no events, so that rows which were kept have to be read again.
    await this.sql('UPDATE site_revision SET revision = revision + 1');
    await this.#readArticles();
    const things: Partial<Record<Kind, readonly unknown[]>> = {
      Article: [...this.#read.values()],
      Byline: await this.#readBylines(),
    };
    for (const { world } of permissions)
      for (const [kind, { read }] of Object.entries(world.things)) things[kind as Kind] = await read(this);
    return { visitors: this.visitors, things: things as World['things'] };
  }

  async #enter(name: string, roles: readonly Role[], state?: string): Promise<void> {
    const user = await this.app.signUp(`${name} Example`, ...roles);
    const { accountId, token } = user;
    this.visitors.push({
      name,
      accountId,
      roles: ['READER', ...roles],
      suspended: state === 'suspended',
      unconfirmed: state === 'unconfirmed',
      user,
      token,
    });
  }

  #addArticle(name: string, slug: string): Promise<MadeArticle> {
    return this.app.addArticle({
      journalist: { slug, name: 'Owner Example', bio: 'Writes *here*.', location: 'LONDON, UK' },
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
  }

  /** Reads the facts that the rules look at. */
  async #readArticles(): Promise<void> {
    const facts = permissions.flatMap(({ world }) => Object.entries<string>(world.articleFacts));
    for (const [name, { id, articleId, slug }] of this.articles) {
      const [row] = await this.sql<Omit<ArticleThing, 'kind'>>(
        `SELECT a.status, a.comment_policy AS policy, j.account_id::text AS "ownerId"
           ${facts.map(([fact, sql]) => `, (${sql}) AS "${fact}"`).join('')}
         FROM article a JOIN journalist j ON j.id = a.journalist_id WHERE a.id = $1`,
        [articleId],
      );
      if (row) this.#read.set(articleId, { name, id, slug, thing: { kind: 'Article', ...row } });
    }
  }

  async #readBylines(): Promise<Item<BylineThing>[]> {
    const rows = await this.sql<{ id: string; slug: string; ownerId: string | null }>(
      'SELECT id::text AS id, slug, account_id::text AS "ownerId" FROM journalist ORDER BY id',
    );
    return rows.map(({ id, slug, ownerId }) => ({
      name: slug,
      slug,
      id: globalId('Journalist', id),
      thing: { kind: 'Byline', ownerId },
    }));
  }
}

/** Creates the world, and then stops the clock: the edit window of all comments but the old one is open. */
export async function makeWorld(app: TestApp, clock: PinnedClock, provider: ProviderDouble): Promise<World> {
  const world = await new Stage(app, clock, provider).make();
  clock.set(new Date());
  return world;
}
