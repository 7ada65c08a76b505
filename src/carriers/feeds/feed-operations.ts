import type { OwnOperation } from '../../platform/operations/public-reader.ts';
import type {
  FeedOfCommentsQuery,
  FeedOfCommentsQueryVariables,
  FeedOfJournalistQuery,
  FeedOfJournalistQueryVariables,
  FeedOfSiteQuery,
  FeedOfSiteQueryVariables,
  FeedOfTagQuery,
  FeedOfTagQueryVariables,
} from './generated/operations.ts';

/** The newest articles of the site, of a journalist or with a tag. */
export type FeedArticles = FeedOfSiteQuery['articles'];

/** One of them. */
export type FeedArticle = NonNullable<FeedArticles>['nodes'][number];

/** An article with its newest comments. */
export type DiscussedArticle = NonNullable<FeedOfCommentsQuery['article']>;

/** One of these comments; a tombstone has neither text nor author. */
export type FeedComment = NonNullable<DiscussedArticle['allComments']>['nodes'][number];

// `$texts` is false where the texts together are more than one answer may have.
const articles = `articles(first: 20) {
  nodes {
    permalink title standfirst publishedAt updatedAt canonicalUrl
    author { name permalink }
    tags { name }
    bodyHtml @include(if: $texts)
  }
}`;

// `npm run codegen` writes their types.

export const siteFeedOperation: OwnOperation<FeedOfSiteQuery, FeedOfSiteQueryVariables> = {
  source: `query FeedOfSite($texts: Boolean!) { ${articles} }`,
};

export const journalistFeedOperation: OwnOperation<FeedOfJournalistQuery, FeedOfJournalistQueryVariables> = {
  source: `query FeedOfJournalist($slug: String!, $texts: Boolean!) {
    journalist(slug: $slug) { slug name permalink ${articles} }
  }`,
};

export const tagFeedOperation: OwnOperation<FeedOfTagQuery, FeedOfTagQueryVariables> = {
  source: `query FeedOfTag($name: String!, $texts: Boolean!) { tag(name: $name) { name ${articles} } }`,
};

export const commentsFeedOperation: OwnOperation<FeedOfCommentsQuery, FeedOfCommentsQueryVariables> = {
  source: `query FeedOfComments($slug: String!, $texts: Boolean!) {
    article(slug: $slug) {
      slug title permalink updatedAt lastEventAt
      allComments(first: 50, orderBy: NEWEST) {
        nodes {
          permalink status createdAt editedAt
          author { name permalink sharesNameWithJournalist }
          parent { permalink }
          bodyHtml @include(if: $texts)
        }
      }
    }
  }`,
};
