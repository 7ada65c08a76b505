import { graphql } from '../graphql/generated/gql.ts';

/** A page of any list of comments: the fields of the list, and those of each comment's card. */
export const ThreadPage = graphql(`
  fragment ThreadPage on CommentConnection {
    nodes {
      id
      depth
      threadPosition
      createdAt
      ...CommentCard
      ...OwnState
    }
    pageInfo {
      startCursor
      endCursor
      hasPreviousPage
      hasNextPage
    }
  }
`);

/** A further page of an article's comments: in reading order, flat, or the first level in TOP order. */
export const ArticleThread = graphql(`
  query ArticleThread(
    $slug: String!
    $isTop: Boolean!
    $orderBy: AllCommentsOrder
    $maxDepth: Int
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $around: ID
  ) {
    article(slug: $slug) {
      id
      commentCount
      allComments(
        orderBy: $orderBy
        maxDepth: $maxDepth
        first: $first
        after: $after
        last: $last
        before: $before
        around: $around
      ) @skip(if: $isTop) {
        ...ThreadPage @unmask
      }
      comments(orderBy: TOP, first: $first, after: $after, last: $last, before: $before)
        @include(if: $isTop) {
        ...ThreadPage @unmask
      }
    }
  }
`);

/** The descendants of one comment. */
export const BranchThread = graphql(`
  query BranchThread(
    $commentId: ID!
    $maxDepth: Int
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $around: ID
  ) {
    comment(id: $commentId) {
      id
      descendants(
        maxDepth: $maxDepth
        first: $first
        after: $after
        last: $last
        before: $before
        around: $around
      ) {
        ...ThreadPage @unmask
      }
    }
  }
`);

// #region events
/** All events of an article. Objects come complete and with their ids, so that the cache takes over the changes. */
export const ArticleEvents = graphql(`
  subscription ArticleEvents($articleId: ID!, $after: EventCursor) {
    articleEvents(articleId: $articleId, after: $after) {
      __typename
      cursor
      ... on CommentEvent {
        comment {
          id
          depth
          threadPosition
          createdAt
          ...CommentCard
          ancestors {
            id
            replyCount
            descendantCount
          }
          article {
            id
            commentCount
          }
        }
      }
      ... on CommentAdded {
        idempotencyKey
      }
      ... on CommentRemoved {
        vanishedCommentId
      }
      ... on EndorsementEvent {
        article {
          id
          endorsementCount
          viewerCanEndorse
          viewerEndorsement {
            id
          }
        }
      }
      ... on EndorsementAdded {
        endorsementEdge {
          cursor
          node {
            id
            ...EndorsementCard
          }
        }
      }
      ... on EndorsementUpdated {
        endorsement {
          id
          ...EndorsementCard
        }
      }
      ... on EndorsementWithdrawn {
        endorsementId
      }
      ... on FundingEvent {
        campaign {
          id
          ...CampaignFigures
        }
      }
      ... on CampaignUpdated {
        campaign {
          id
          ...CampaignTerms
        }
      }
      ... on PledgeAdded {
        campaign {
          id
          ...NewestBackers
        }
      }
      ... on PledgeChanged {
        campaign {
          id
          ...NewestBackers
        }
      }
      ... on PledgeWithdrawn {
        campaign {
          id
          ...NewestBackers
        }
      }
      ... on ArticleUpdated {
        article {
          id
          ...ArticleText
        }
      }
      ... on CommentPolicyChanged {
        article {
          id
          commentPolicy
          viewerCanComment
        }
      }
      ... on ArticleReset {
        resetReason
      }
    }
  }
`);
// #endregion events

export const AddComment = graphql(`
  mutation AddComment($input: AddCommentInput!) {
    addComment(input: $input) {
      comment {
        id
        depth
        threadPosition
        createdAt
        ...CommentCard
        ...OwnState
        ancestors {
          id
          replyCount
          descendantCount
        }
      }
      article {
        id
        commentCount
      }
      userErrors {
        code
        message
        retryAt
        suspension {
          until
          reason
          note
        }
      }
    }
  }
`);

/** The reader's own comments that wait for a moderator or were rejected. */
export const HiddenComments = graphql(`
  query HiddenComments($slug: String!) {
    article(slug: $slug) {
      id
      viewerHiddenComments(first: 50) {
        nodes {
          id
          depth
          threadPosition
          createdAt
          ...CommentCard
          ...OwnState
        }
      }
    }
  }
`);

/** A comment in its present state, for when cached data may be out of date. */
export const CommentNow = graphql(`
  query CommentNow($commentId: ID!) {
    comment(id: $commentId) {
      id
      ...CommentCard
      ...OwnState
      ancestors {
        id
        replyCount
        descendantCount
      }
      article {
        id
        commentCount
      }
    }
  }
`);

/** The source of the reader's own comment, for editing. */
export const CommentSource = graphql(`
  query CommentSource($commentId: ID!) {
    viewer {
      id
      roles
    }
    comment(id: $commentId) {
      id
      status
      article {
        id
        commentPolicy
      }
      revision
      viewerBodyMarkdown
      viewerHeldEdit {
        revision
        viewerBodyMarkdown
      }
    }
  }
`);

export const EditComment = graphql(`
  mutation EditComment($input: EditCommentInput!) {
    editComment(input: $input) {
      comment {
        id
        revision
        ...CommentCard
        ...OwnState
      }
      userErrors {
        code
        message
        suspension {
          until
          reason
          note
        }
      }
    }
  }
`);

export const RemoveComment = graphql(`
  mutation RemoveComment($input: RemoveCommentInput!) {
    removeComment(input: $input) {
      comment {
        id
        ...CommentCard
        ancestors {
          id
          replyCount
          descendantCount
        }
      }
      article {
        id
        commentCount
      }
      vanishedCommentId
      userErrors {
        code
        message
      }
    }
  }
`);

export const React = graphql(`
  mutation React($input: ReactInput!) {
    react(input: $input) {
      comment {
        id
        ...CommentReactions
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const Unreact = graphql(`
  mutation Unreact($input: UnreactInput!) {
    unreact(input: $input) {
      comment {
        id
        ...CommentReactions
      }
      userErrors {
        code
        message
      }
    }
  }
`);
