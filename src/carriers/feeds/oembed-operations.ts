import type { OwnOperation } from '../../platform/operations/public-reader.ts';
import type {
  EmbeddedArticleQuery,
  EmbeddedArticleQueryVariables,
  EmbeddedCommentQuery,
  EmbeddedCommentQueryVariables,
} from './generated/operations.ts';

/** An article as other sites show it. */
export type EmbeddedArticle = NonNullable<EmbeddedArticleQuery['article']>;

/** A comment as other sites show it; a tombstone has neither text nor author. */
export type EmbeddedComment = NonNullable<EmbeddedCommentQuery['comment']>;

// `npm run codegen` writes their types.

export const embeddedArticleOperation: OwnOperation<EmbeddedArticleQuery, EmbeddedArticleQueryVariables> = {
  source: `query EmbeddedArticle($slug: String!) {
    article(slug: $slug) { permalink title standfirst commentCount author { name permalink } }
  }`,
};

export const embeddedCommentOperation: OwnOperation<EmbeddedCommentQuery, EmbeddedCommentQueryVariables> = {
  source: `query EmbeddedComment($id: ID!) {
    comment(id: $id) {
      permalink status bodyText
      author { name permalink sharesNameWithJournalist }
      article { slug title permalink }
    }
  }`,
};
