import type { Role } from '../../src/auth/viewer.ts';
import type { TestApp, TestUser } from '../support/app.ts';
import { globalId, setArticle } from '../support/article-states.ts';
import { done, keyOf } from '../support/comments.ts';
import type { PinnedClock } from '../support/pinned-clock.ts';
import type { ArticleThing, BylineThing, CommentThing, EndorsementThing, Who } from './rules.ts';

/** The settings that the world is made for. */
export const worldSettings = {
  MAX_COMMENT_DEPTH: '2',
  MAX_QUERY_COST: '1000000000',
  MAX_EVENT_COST: '1000000000',
  MAX_COST_PER_MINUTE: '1000000000',
  MAX_QUERY_DEPTH: '100',
  MAX_QUERY_TOKENS: '100000',
  MAX_QUERY_ALIASES: '100',
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

/** An article in every status, a comment in every state, an endorsement in every state, and every kind of visitor. */
export interface World {
  readonly visitors: readonly Visitor[];
  readonly articles: readonly Item<ArticleThing>[];
  readonly bylines: readonly Item<BylineThing>[];
  readonly comments: readonly Item<CommentThing>[];
  readonly endorsements: readonly Item<EndorsementThing>[];
}

const cast: readonly [name: string, roles: readonly Role[], suspended?: 'suspended'][] = [
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
];

const bylines: readonly [slug: string, owner: string][] = [
  ['owner-example', 'owner'],
  ['other-example', 'other journalist'],
  ['former-example', 'former journalist'],
];

class WorldMaker {
  readonly #app: TestApp;
  readonly #visitors: Visitor[] = [
    { name: 'anonymous', accountId: null, roles: [], suspended: false, user: undefined, token: undefined },
  ];
  readonly #comments: Omit<Item<CommentThing>, 'thing'>[] = [];
  readonly #endorsements: Omit<Item<EndorsementThing>, 'thing'>[] = [];

  constructor(app: TestApp) {
    this.#app = app;
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
    for (const [name, roles, suspended] of cast) {
      const user = await this.#app.signUp(`${name} Example`, ...roles);
      const { accountId, token } = user;
      this.#visitors.push({
        name,
        accountId,
        roles: ['READER', ...roles],
        suspended: !!suspended,
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
    for (const [name, status, policy] of articleStates) {
      const { articleId } = articles.get(name) ?? { articleId: '' };
      await setArticle(this.#app, articleId, { status });
      await this.#sql('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
    }
    const suspended = this.#visitors.filter((visitor) => visitor.suspended);
    await this.#sql('UPDATE account SET suspended_at = clock_timestamp() WHERE id = ANY($1::bigint[])', [
      suspended.map(({ accountId }) => accountId),
    ]);
    return this.#read(articles);
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
    await done(app, 'rejectComment', { commentId: rejected }, this.#user('moderator'));
    const unseen = await this.#add('removed while it waited', id, 'author', undefined, 'PENDING');
    await done(app, 'removeComment', { commentId: unseen }, this.#user('author'));
    const old = await this.#add('old', id, 'author');
    await this.#sql(
      `UPDATE comment SET created_at = created_at - interval '1 year' WHERE article_id = $1 AND id = $2`,
      [articleId, keyOf(old)],
    );
    await this.#add('of the suspended', id, 'suspended author');
    await this.#edit(
      articleId,
      'with an edit that waits',
      await this.#add('with an edit that waits', id, 'author'),
    );
    const refused = await this.#add('with an edit that was rejected', id, 'author');
    await this.#edit(articleId, 'with an edit that was rejected', refused);
    const decision = { commentId: refused, expectedRevision: 2 };
    await done(app, 'rejectComment', decision, this.#user('moderator'));
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
             AND account_id IS NOT NULL) AS "everEndorserIds"
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
         c.status = 'REMOVED' AND c.body_markdown = '' AS "isTextGone", nullif(e.status, 'SETTLED') AS edit
       FROM comment c LEFT JOIN held_edit e ON e.article_id = c.article_id AND e.comment_id = c.id LEFT JOIN comment p ON p.article_id = c.article_id AND p.id = c.parent_id
       WHERE c.article_id = ANY($1::bigint[]) ORDER BY c.id`,
      [[...byKey.keys()]],
    );
    const endorsements = await this.#sql<any>(
      `SELECT article_id::text AS "articleId", id::text AS id, listed FROM endorsement
       WHERE article_id = ANY($1::bigint[]) ORDER BY id`,
      [[...byKey.keys()]],
    );
    return {
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
export async function makeWorld(app: TestApp, clock: PinnedClock): Promise<World> {
  const world = await new WorldMaker(app).make();
  clock.set(new Date());
  return world;
}
