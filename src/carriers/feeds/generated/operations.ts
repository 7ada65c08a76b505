/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** Whether a comment is public. */
export type CommentStatus =
  /** Waits for a moderator’s approval; visible only to its author and to moderators. */
  | 'PENDING'
  /** Public. */
  | 'PUBLISHED'
  /** Rejected by a moderator; visible only to its author and to moderators. */
  | 'REJECTED'
  /** Removed. A tombstone keeps its place and its replies, but has no text and no author. */
  | 'REMOVED';

export type FeedOfCommentsQueryVariables = Exact<{
  slug: string;
  texts: boolean;
}>;


export type FeedOfCommentsQuery = { readonly article: { readonly slug: string, readonly title: string, readonly permalink: string, readonly updatedAt: string, readonly lastEventAt: string, readonly allComments: { readonly nodes: ReadonlyArray<{ readonly permalink: string, readonly status: CommentStatus, readonly createdAt: string, readonly editedAt: string | null, readonly bodyHtml?: string | null, readonly author: { readonly name: string, readonly permalink: string | null, readonly sharesNameWithJournalist: boolean } | null, readonly parent: { readonly permalink: string } | null }> } | null } | null };

export type FeedOfJournalistQueryVariables = Exact<{
  slug: string;
  texts: boolean;
}>;


export type FeedOfJournalistQuery = { readonly journalist: { readonly slug: string, readonly name: string, readonly permalink: string, readonly articles: { readonly nodes: ReadonlyArray<{ readonly permalink: string, readonly title: string, readonly standfirst: string | null, readonly publishedAt: string | null, readonly updatedAt: string, readonly canonicalUrl: string | null, readonly bodyHtml?: string, readonly author: { readonly name: string, readonly permalink: string }, readonly tags: ReadonlyArray<{ readonly name: string }> | null }> } | null } | null };

export type FeedOfSiteQueryVariables = Exact<{
  texts: boolean;
}>;


export type FeedOfSiteQuery = { readonly articles: { readonly nodes: ReadonlyArray<{ readonly permalink: string, readonly title: string, readonly standfirst: string | null, readonly publishedAt: string | null, readonly updatedAt: string, readonly canonicalUrl: string | null, readonly bodyHtml?: string, readonly author: { readonly name: string, readonly permalink: string }, readonly tags: ReadonlyArray<{ readonly name: string }> | null }> } | null };

export type FeedOfTagQueryVariables = Exact<{
  name: string;
  texts: boolean;
}>;


export type FeedOfTagQuery = { readonly tag: { readonly name: string, readonly articles: { readonly nodes: ReadonlyArray<{ readonly permalink: string, readonly title: string, readonly standfirst: string | null, readonly publishedAt: string | null, readonly updatedAt: string, readonly canonicalUrl: string | null, readonly bodyHtml?: string, readonly author: { readonly name: string, readonly permalink: string }, readonly tags: ReadonlyArray<{ readonly name: string }> | null }> } | null } | null };

export type EmbeddedArticleQueryVariables = Exact<{
  slug: string;
}>;


export type EmbeddedArticleQuery = { readonly article: { readonly permalink: string, readonly title: string, readonly standfirst: string | null, readonly commentCount: number, readonly author: { readonly name: string, readonly permalink: string } } | null };

export type EmbeddedCommentQueryVariables = Exact<{
  id: string;
}>;


export type EmbeddedCommentQuery = { readonly comment: { readonly permalink: string, readonly status: CommentStatus, readonly bodyText: string | null, readonly author: { readonly name: string, readonly permalink: string | null, readonly sharesNameWithJournalist: boolean } | null, readonly article: { readonly slug: string, readonly title: string, readonly permalink: string } } | null };

export type CommentCountsQueryVariables = Exact<{
  urls: ReadonlyArray<string> | string;
}>;


export type CommentCountsQuery = { readonly articlesByUrl: ReadonlyArray<{ readonly permalink: string, readonly commentCount: number } | null> };
