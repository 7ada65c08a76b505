import { graphql } from '../graphql/generated/gql.ts';

/** Whether the reader has reported the comment: asked only where somebody is about to. */
export const ReportState = graphql(`
  query ReportState($commentId: ID!) {
    comment(id: $commentId) {
      id
      viewerCanReport
      viewerHasReported
    }
  }
`);

export const ReportComment = graphql(`
  mutation ReportComment($input: ReportCommentInput!) {
    reportComment(input: $input) {
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const RemoveForReason = graphql(`
  mutation RemoveForReason($input: RemoveCommentInput!) {
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
      decision {
        id
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const UndoRemoval = graphql(`
  mutation UndoRemoval($input: UndoDecisionInput!) {
    undoDecision(input: $input) {
      decision {
        id
        comment {
          id
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
      userErrors {
        code
        message
      }
    }
  }
`);

/** The last decision about a comment of the reader. */
export const CommentDecision = graphql(`
  query CommentDecision($commentId: ID!) {
    comment(id: $commentId) {
      id
      viewerDecision {
        decisionId
        ...DecisionNotice
      }
    }
  }
`);

export const AppealDecision = graphql(`
  mutation AppealDecision($input: AppealDecisionInput!) {
    appealDecision(input: $input) {
      decision {
        decisionId
        ...DecisionNotice
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

/** All that moderators have decided about the reader and the reader's comments. */
export const OwnDecisions = graphql(`
  query OwnDecisions($after: Cursor) {
    viewer {
      id
      decisions(first: 10, after: $after) {
        edges {
          cursor
          node {
            decisionId
            decidedAt
            bodyHtml
            article {
              id
              slug
              title
            }
            ...DecisionNotice
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

/** Number of entries of the moderators' queue under an article. */
export const ArticleQueue = graphql(`
  query ArticleQueue($articleId: ID!) {
    moderationQueue {
      items(filter: { articleId: $articleId }, first: 1) {
        totalCount
      }
    }
  }
`);
