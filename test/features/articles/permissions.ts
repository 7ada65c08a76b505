import {
  aboutArticle,
  alike,
  nothingInTheWorld,
  shownTo,
  type Permissions,
} from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';

export const writes = is.rule('are a journalist, an editor or an administrator', (who) =>
  is.has(who, 'JOURNALIST', 'EDITOR', 'ADMINISTRATOR'),
);
export const writesUnderByline = is.rulesOn('Byline')(
  'write under your own byline, or are an editor or an administrator',
  ({ ownerId }, who) => is.writesAs(ownerId, who),
);
export const wasPublished = is.onArticle(
  'the article is published or was once',
  (article) => article.status !== 'DRAFT',
);

export const articlesPermissions = {
  queries: {
    ...alike(
      { gates: is.everybody, needs: ['READ'], tried: 'test/permissions/reading.test.ts' },
      { journalist: { args: '(slug: "ada-example")' }, articles: {} },
    ),
    ...alike(
      { gates: is.everybody, needs: ['READ'], tried: 'test/permissions/lists.test.ts' },
      {
        journalists: {},
        search: { args: '(query: "body")' },
        tag: { args: '(name: "none")' },
        tags: {},
      },
    ),
    article: {
      gates: is.articleReaders,
      needs: ['READ'],
      tried: 'test/permissions/reading.test.ts',
      args: '(slug: "none")',
    },
    ...alike(
      { gates: is.articleReaders, needs: ['READ'], tried: 'test/permissions/lists.test.ts' },
      {
        articleByUrl: { args: '(url: "https://example.org/none")' },
        articlesByUrl: { args: '(urls: ["https://example.org/none"])' },
      },
    ),
  },
  mutations: {
    createArticle: {
      gates: [...is.activeAccounts, [writes, 'FORBIDDEN'], [writesUnderByline, 'FORBIDDEN']],
      kind: 'WORK',
      needs: ['PUBLISH'],
      input: () => ({ title: 'A title', body: 'A text.' }),
      on: { Byline: ({ id }) => ({ journalistId: id, title: 'A title', body: 'A text.' }) },
    },
    ...alike(
      { gates: is.articleEditors, kind: 'WORK', needs: ['PUBLISH'] },
      {
        updateArticle: {
          input: ({ articleId }) => ({ articleId, title: 'Another title' }),
          on: { Article: ({ id }) => ({ articleId: id, title: 'Another title' }) },
        },
        publishArticle: aboutArticle,
      },
    ),
    unpublishArticle: {
      gates: [...is.articleEditors, [wasPublished, 'WRONG_STATUS']],
      kind: 'WORK',
      needs: ['PUBLISH'],
      ...aboutArticle,
    },
  },
  subscriptions: {
    articleEvents: {
      gates: [[is.seesArticle, 'NOT_FOUND']],
      needs: ['READ'],
      tried: 'test/permissions/reading.test.ts',
    },
  },
  types: {
    Article: is.seesArticle,
    Journalist: 'everybody',
    Tag: 'everybody, once a published article has the tag; before that whoever sees an article with the tag',
    ...shownTo(
      'whoever sees the article',
      'Signature',
      'ArticleCheckpoint',
      'ArticleReset',
      'ArticleUpdated',
      'CommentPolicyChanged',
    ),
    ArticleEventPage: 'whoever sees the article; the events as in its stream',
    EventOmitted: 'whoever sees the article; of the comment or endorsement only the id',
    ArticleUnpublished: 'whoever saw the article until then',
  },
  fields: {
    'Article.viewerBodyMarkdown': [[is.editsArticle, 'null']],
    'Article.viewerContactAddresses': [
      [is.signedIn, 'null'],
      [is.isConfirmed, 'null'],
    ],
  },
  privateScopes: {
    'Article.viewerBodyMarkdown': ['READ'],
    'Article.viewerContactAddresses': ['READ'],
  },
  predictions: {
    'Article.viewerCanEdit': ['updateArticle'],
  },
  world: {
    ...nothingInTheWorld,
    tables: [
      'article',
      'article_text',
      'article_search',
      'article_tag',
      'signature',
      'article_counter',
      'article_event',
    ],
    events: ['ArticleCheckpoint'],
  },
} satisfies Permissions;
