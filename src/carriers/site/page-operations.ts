/** Variables of operations, taken from addresses. */
export type PageVariables = Readonly<Record<string, string>>;

/** A query of the reader's page, and the types of its variables and its result. */
export interface PageOperation<Data, Variables extends PageVariables> {
  readonly source: string;
  /** Type-level marker; absent at run time. */
  readonly types?: (variables: Variables) => Data;
}

/** An article in a list. */
export interface ListedArticle {
  readonly slug: string;
  readonly title: string;
  readonly standfirst: string | null;
}

interface ListedArticles {
  readonly nodes: readonly ListedArticle[];
}

/** The author of an article. */
export interface PageAuthor {
  readonly name: string;
  readonly slug: string;
  readonly permalink: string;
  readonly photoUrl: string | null;
}

/** One of an article's first comments; a tombstone has neither text nor author. */
export interface PageComment {
  readonly permalink: string;
  readonly status: string;
  readonly depth: number;
  readonly bodyText: string | null;
  readonly createdAt: string;
  readonly editedAt: string | null;
  readonly author: { readonly name: string } | null;
}

/** An article as the page shows it before any script runs. */
export interface PageArticle {
  readonly slug: string;
  readonly title: string;
  readonly standfirst: string | null;
  readonly bodyHtml: string;
  readonly bodyText: string;
  /** As exact as known: a year, a month, a day or an instant. */
  readonly publishedAt: string | null;
  readonly updatedAt: string;
  readonly permalink: string;
  readonly canonicalUrl: string | null;
  readonly commentCount: number;
  readonly endorsementCount: number;
  readonly author: PageAuthor;
  readonly tags: readonly { readonly name: string }[] | null;
  readonly allComments: { readonly nodes: readonly PageComment[] } | null;
}

/** A journalist as the page shows them before any script runs. */
export interface PageJournalist extends PageAuthor {
  readonly bioText: string | null;
  readonly articles: ListedArticles | null;
}

/** A tag as the page shows it before any script runs. */
export interface PageTag {
  readonly name: string;
  readonly articles: ListedArticles | null;
}

const listed = '(first: 20) { nodes { slug title standfirst } }';

const article = `{
  slug title standfirst bodyHtml bodyText publishedAt updatedAt permalink canonicalUrl commentCount endorsementCount
  author { name slug permalink photoUrl }
  tags { name }
  allComments(first: 20, orderBy: THREADED) {
    nodes { permalink status depth bodyText createdAt editedAt author { name } }
  }
}`;

export const frontOperation: PageOperation<
  { readonly articles: ListedArticles | null },
  Record<string, never>
> = { source: `query PageOfFront { articles${listed} }` };

export const articleOperation: PageOperation<
  { readonly article: PageArticle | null },
  { readonly slug: string }
> = { source: `query PageOfArticle($slug: String!) { article(slug: $slug) ${article} }` };

export const branchOperation: PageOperation<
  {
    readonly article: PageArticle | null;
    readonly comment: { readonly article: { readonly slug: string } } | null;
  },
  { readonly slug: string; readonly commentId: string }
> = {
  source: `query PageOfBranch($slug: String!, $commentId: ID!) {
    article(slug: $slug) ${article}
    comment(id: $commentId) { article { slug } }
  }`,
};

export const journalistOperation: PageOperation<
  { readonly journalist: PageJournalist | null },
  { readonly slug: string }
> = {
  source: `query PageOfJournalist($slug: String!) {
    journalist(slug: $slug) { name slug permalink photoUrl bioText articles${listed} }
  }`,
};

export const tagOperation: PageOperation<{ readonly tag: PageTag | null }, { readonly name: string }> = {
  source: `query PageOfTag($name: String!) { tag(name: $name) { name articles${listed} } }`,
};
