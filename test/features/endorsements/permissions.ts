import { aboutArticle, alike, type Permissions } from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';
import { globalId } from '../../support/article-states.ts';
import type { Stage } from '../../permissions/world.ts';

export interface EndorsementThing {
  readonly kind: 'Endorsement';
  readonly article: is.ArticleThing;
  readonly listed: boolean;
}

declare module '../../permissions/rules.ts' {
  interface ArticleThing {
    /** The accounts that endorse the article. */
    readonly endorserIds: readonly string[];
    /** The same, and the accounts that have withdrawn their endorsements. */
    readonly everEndorserIds: readonly string[];
  }
  interface Items {
    readonly Endorsement: is.Item<EndorsementThing>;
  }
}

export const hasNotEndorsed = is.onArticle(
  'have not endorsed the article',
  (article, who) => !article.endorserIds.includes(who.accountId ?? ''),
);
export const hasEndorsed = is.onArticle('have endorsed the article', (article, who) =>
  article.endorserIds.includes(who.accountId ?? ''),
);
export const hasEverEndorsed = is.onArticle(
  'have endorsed the article, even if you have withdrawn the endorsement',
  (article, who) => article.everEndorserIds.includes(who.accountId ?? ''),
);
export const isEndorsementShown = is.rulesOn('Endorsement')(
  'see its article, and the endorsement was not withdrawn and does not wait to be confirmed',
  ({ listed, article }, who) => listed && is.seesArticleOf(article, who),
);

async function endorse(stage: Stage, articleName: string, name: string): Promise<void> {
  const { endorse: payload } = await stage.app.data(
    'mutation ($id: ID!) { endorse(input: { articleId: $id, statement: "Yes" }) { endorsement { id } } }',
    { id: stage.article(articleName).id },
    stage.user(name).token,
  );
  stage.names.set(payload.endorsement.id, `of ${name}`);
}

async function addEndorsements(stage: Stage): Promise<void> {
  for (const name of stage.articles.keys()) await endorse(stage, name, 'author');
  await endorse(stage, 'open', 'other reader');
  await stage.app.data(
    'mutation ($id: ID!) { withdrawEndorsement(input: { articleId: $id }) { userErrors { code } } }',
    { id: stage.article('open').id },
    stage.user('other reader').token,
  );
}

async function readEndorsements(stage: Stage): Promise<is.Item<EndorsementThing>[]> {
  const rows = await stage.sql<{ articleId: string; key: string; listed: boolean }>(
    `SELECT article_id::text AS "articleId", id::text AS key, listed FROM endorsement
     WHERE article_id = ANY($1::bigint[]) ORDER BY id`,
    [[...stage.articles.values()].map(({ articleId }) => articleId)],
  );
  return rows.map(({ articleId, key, listed }) => {
    const id = globalId('Endorsement', articleId, key);
    const article = stage.articleItem(articleId).thing;
    return { name: stage.names.get(id) ?? 'imported', id, thing: { kind: 'Endorsement', article, listed } };
  });
}

export const endorsementsPermissions = {
  queries: {
    viewerMailedEndorsement: {
      gates: is.everybody,
      needs: [],
      tried: 'test/features/endorsements/mailed.test.ts',
      args: '(token: "none")',
    },
  },
  mutations: {
    endorse: {
      gates: [
        ...is.confirmedAccounts,
        [is.seesArticle, 'NOT_FOUND'],
        [is.isPublished, 'WRONG_STATUS'],
        [hasNotEndorsed, 'ALREADY_ENDORSED'],
      ],
      kind: 'WORK',
      needs: ['ENDORSE'],
      ...aboutArticle,
    },
    withdrawEndorsement: {
      gates: [...is.activeAccounts, [is.seesArticle, 'NOT_FOUND'], [hasEverEndorsed, 'NOT_FOUND']],
      kind: 'WORK',
      needs: ['ENDORSE'],
      ...aboutArticle,
    },
    ...alike(
      { gates: is.everybody, kind: 'PERSONAL', tried: 'test/features/endorsements/mailed.test.ts' },
      {
        requestEndorsement: { input: ({ articleId }) => ({ articleId, displayName: '', email: 'nobody' }) },
        confirmEndorsement: { input: () => ({ token: 'none' }) },
        withdrawMailedEndorsement: { input: () => ({ token: 'none' }) },
      },
    ),
  },
  subscriptions: {},
  types: {
    Endorsement: isEndorsementShown,
    MailedEndorsement: 'whoever has its mailed link',
    EndorsementAdded: 'whoever sees the article; null in place of an endorsement that was withdrawn since',
    EndorsementUpdated: 'whoever sees the article; null in place of an endorsement that was withdrawn since',
    EndorsementWithdrawn: 'whoever sees the article; of the endorsement only the id',
  },
  fields: {
    'Article.viewerEndorsement': [
      [is.signedIn, 'null'],
      [hasEndorsed, 'null'],
    ],
  },
  privateScopes: {
    'Article.viewerEndorsement': ['READ'],
  },
  predictions: {
    'Article.viewerCanEndorse': ['endorse'],
  },
  world: {
    tables: ['endorsement'],
    articleFacts: {
      endorserIds: `ARRAY(SELECT account_id::text FROM endorsement e WHERE e.article_id = a.id AND e.withdrawn_at IS NULL AND account_id IS NOT NULL)`,
      everEndorserIds: `ARRAY(SELECT DISTINCT account_id::text FROM endorsement e WHERE e.article_id = a.id AND account_id IS NOT NULL)`,
    },
    make: addEndorsements,
    events: ['EndorsementAdded', 'EndorsementWithdrawn'],
    things: { Endorsement: { read: readEndorsements, secrets: () => [] } },
  },
} satisfies Permissions;
