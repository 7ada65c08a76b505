import { graphql } from 'relay-runtime';

// #region documents
export const comment = graphql`
  fragment documents_comment on Comment {
    id
    bodyHtml
    createdAt
    status
    replyCount
    author {
      name
      avatarUrl
    }
  }
`;

/** The list of comments: `usePaginationFragment` loads its next pages. */
export const comments = graphql`
  fragment documents_comments on Article
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "Cursor" })
  @refetchable(queryName: "documentsCommentsQuery") {
    comments(first: $count, after: $cursor, orderBy: NEWEST) @connection(key: "documents_comments") {
      __id
      edges {
        node {
          id
          ...documents_comment
        }
      }
    }
  }
`;

export const threadQuery = graphql`
  query documentsThreadQuery($slug: String!, $count: Int) {
    article(slug: $slug) {
      id
      title
      commentCount
      liveCursor
      ...documents_comments @arguments(count: $count)
    }
  }
`;

/** The replies that a nested thread shows under a comment. */
export const replies = graphql`
  fragment documents_replies on Comment {
    replies(first: 20, orderBy: OLDEST) @connection(key: "documents_replies") {
      edges {
        node {
          id
          ...documents_comment
        }
      }
    }
  }
`;

export const nestedThreadQuery = graphql`
  query documentsNestedThreadQuery($slug: String!, $count: Int) {
    article(slug: $slug) {
      id
      liveCursor
      comments(first: $count, orderBy: NEWEST) @connection(key: "nested_comments") {
        __id
        edges {
          node {
            id
            ...documents_comment
            ...documents_replies
          }
        }
      }
    }
  }
`;

/** The comments of all levels in one list. */
export const flatThreadQuery = graphql`
  query documentsFlatThreadQuery($slug: String!, $count: Int) {
    article(slug: $slug) {
      id
      liveCursor
      allComments(first: $count, orderBy: NEWEST) @connection(key: "flat_allComments") {
        __id
        edges {
          node {
            id
            ...documents_comment
          }
        }
      }
    }
  }
`;

/** @param connections the `__id` of each list that shows comments of the article, newest first */
export const addComment = graphql`
  mutation documentsAddCommentMutation($input: AddCommentInput!, $connections: [ID!]!) {
    addComment(input: $input) {
      commentEdge(orderBy: NEWEST) @prependEdge(connections: $connections) {
        cursor
        node {
          ...documents_comment
        }
      }
      article {
        commentCount
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`;

export const removeComment = graphql`
  mutation documentsRemoveCommentMutation($input: RemoveCommentInput!, $connections: [ID!]!) {
    removeComment(input: $input) {
      vanishedCommentId @deleteEdge(connections: $connections)
      comment {
        ...documents_comment
      }
      article {
        commentCount
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`;

/**
 * Events of all viewers. Each object has its id, so edits, tombstones and counts need no further code. A new comment comes with
 * its list of replies, which is empty as long as it is new.
 */
export const articleEvents = graphql`
  subscription documentsArticleEventsSubscription(
    $articleId: ID!
    $after: EventCursor
    $connections: [ID!]!
  ) {
    articleEvents(articleId: $articleId, after: $after) {
      __typename
      cursor
      ... on CommentEvent {
        comment {
          ...documents_comment
          parent {
            id
            replyCount
          }
          article {
            commentCount
          }
        }
      }
      ... on CommentAdded {
        commentEdge(orderBy: NEWEST) {
          cursor
          node {
            ...documents_comment
            ...documents_replies
          }
        }
      }
      ... on CommentRemoved {
        vanishedCommentId @deleteEdge(connections: $connections)
      }
    }
  }
`;
// #endregion documents
