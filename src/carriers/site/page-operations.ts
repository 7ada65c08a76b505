import type {
  PageOfArticleQuery,
  PageOfArticleQueryVariables,
  PageOfBranchQuery,
  PageOfBranchQueryVariables,
  PageOfFrontQuery,
  PageOfFrontQueryVariables,
  PageOfJournalistQuery,
  PageOfJournalistQueryVariables,
  PageOfTagQuery,
  PageOfTagQueryVariables,
} from './generated/operations.ts';

/** Variables of operations, taken from addresses. */
export type PageVariables = Readonly<Record<string, string>>;

/** A query of the reader's page, and the types of its variables and its result. */
export interface PageOperation<Data, Variables extends PageVariables> {
  readonly source: string;
  /** Type-level marker; absent at run time. */
  readonly types?: (variables: Variables) => Data;
}

/** An article as the page shows it before any script runs. */
export type PageArticle = NonNullable<PageOfArticleQuery['article']>;

/** One of an article's first comments; a tombstone has neither text nor author. */
export type PageComment = NonNullable<PageArticle['allComments']>['nodes'][number];

/** A journalist as the page shows them before any script runs. */
export type PageJournalist = NonNullable<PageOfJournalistQuery['journalist']>;

/** The author of an article. */
export type PageAuthor = PageArticle['author'];

/** An article in a list. */
export type ListedArticle = NonNullable<PageOfFrontQuery['articles']>['nodes'][number];

const listed = '(first: 20) { nodes { slug title standfirst } }';

const article = `{
  slug title standfirst bodyHtml bodyText publishedAt updatedAt permalink canonicalUrl commentCount endorsementCount
  author { name slug permalink photoUrl }
  tags { name }
  allComments(first: 20, orderBy: THREADED) {
    nodes { permalink status depth bodyText createdAt editedAt author { name } }
  }
}`;

// `npm run codegen` writes their types.

export const frontOperation: PageOperation<PageOfFrontQuery, PageOfFrontQueryVariables> = {
  source: `query PageOfFront { articles${listed} }`,
};

export const articleOperation: PageOperation<PageOfArticleQuery, PageOfArticleQueryVariables> = {
  source: `query PageOfArticle($slug: String!) { article(slug: $slug) ${article} }`,
};

export const branchOperation: PageOperation<PageOfBranchQuery, PageOfBranchQueryVariables> = {
  source: `query PageOfBranch($slug: String!, $commentId: ID!) {
    article(slug: $slug) ${article}
    comment(id: $commentId) { article { slug } }
  }`,
};

export const journalistOperation: PageOperation<PageOfJournalistQuery, PageOfJournalistQueryVariables> = {
  source: `query PageOfJournalist($slug: String!) {
    journalist(slug: $slug) { name slug permalink photoUrl bioText articles${listed} }
  }`,
};

export const tagOperation: PageOperation<PageOfTagQuery, PageOfTagQueryVariables> = {
  source: `query PageOfTag($name: String!) { tag(name: $name) { name articles${listed} } }`,
};
