import { type Unmasked } from '@apollo/client';
import { graphql } from '../graphql/generated/gql.ts';
import type {
  DecisionPartsFragment,
  QueueItemFragment,
  QueueNewsSubscription,
} from '../graphql/generated/graphql.ts';

/** Who works on an entry. */
export const ClaimDocument = graphql(`
  fragment Claim on ModerationItem {
    id
    claimedUntil
    claimedBy {
      id
      name
      author {
        id
      }
    }
  }
`);

/** An entry of the queue with all that a moderator needs to decide. */
export const QueueItemDocument = graphql(`
  fragment QueueItem on ModerationItem {
    id
    held
    phase
    hookState
    hookDueAt
    suspicion
    revision
    bodyHtml
    bodyText
    publicBodyHtml
    reportCount
    since
    ...Claim @unmask
    person {
      id
      name
      createdAt
      roles
      author {
        id
        avatarUrl
      }
      commentCounts {
        published
        pending
        rejected
        removed
      }
      reportsReceived {
        open
        upheld
        dismissed
        badFaith
      }
      suspension {
        kind
        until
      }
      premoderation {
        kind
        until
      }
    }
    article {
      id
      slug
      title
    }
    comment {
      id
      status
      createdAt
      author {
        id
        name
      }
      parent {
        id
        status
        bodyText
        author {
          id
          name
        }
      }
    }
    hold {
      phase
      match
      rule
    }
    reports(first: 10) {
      nodes {
        id
        reason
        note
        revision
        state
        createdAt
        reporter {
          id
          name
        }
        reporterStanding {
          isGood
          upheld
          dismissed
          badFaith
        }
      }
    }
  }
`);

/** What says whether an entry belongs to a filtered list. */
export const ItemFactsDocument = graphql(`
  fragment ItemFacts on ModerationItem {
    id
    held
    phase
    reportCount
    person {
      id
    }
    article {
      id
    }
  }
`);

export const DecisionPartsDocument = graphql(`
  fragment DecisionParts on ModerationDecision {
    id
    kind
    commentId
    reason
    decidedAt
    undoneAt
    actor {
      id
      name
      author {
        id
      }
    }
  }
`);

export const QueuePage = graphql(`
  query QueuePage($filter: ModerationQueueFilter, $first: Int!, $after: Cursor) {
    moderationQueue {
      liveCursor
      items(filter: $filter, first: $first, after: $after) {
        totalCount
        edges {
          cursor
          node {
            ...QueueItem @unmask
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`);

/** Entries as they are now; null in the place of what waits no longer. */
export const QueueItems = graphql(`
  query QueueItems($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on ModerationItem {
        ...QueueItem @unmask
      }
    }
  }
`);

/** The number of entries, and that of appeals that wait; a page of a list has one item at least. */
export const QueueCount = graphql(`
  query QueueCount($filter: ModerationQueueFilter, $countsAppeals: Boolean!) {
    moderationAppeals(first: 1) @include(if: $countsAppeals) {
      totalCount
    }
    moderationQueue {
      items(filter: $filter, first: 1) {
        totalCount
      }
    }
  }
`);

/** Who has decided about a comment last. */
export const LastDecision = graphql(`
  query LastDecision($commentId: ID!) {
    moderationHistory(filter: { commentId: $commentId, kinds: [DECIDED] }, first: 1) {
      nodes {
        ... on DecisionAction {
          decision {
            ...DecisionParts @unmask
          }
        }
      }
    }
  }
`);

/** One stream for the menu's count and for the queue. Sent as it is, without Apollo: a directive of Apollo's is none of the service's. */
export const QueueNews = graphql(`
  subscription QueueNews($after: EventCursor) {
    moderationEvents(after: $after) {
      cursor
      ... on ModerationAction {
        person {
          id
        }
      }
      ... on CommentAction {
        commentId
        actor {
          id
          name
          author {
            id
          }
        }
        item {
          ...ItemFacts
        }
      }
      ... on CommentClaimed {
        claimedUntil
      }
      ... on DecisionAction {
        decision {
          ...DecisionParts
        }
      }
      ... on DecisionUndone {
        item {
          ...ItemFacts
        }
      }
      ... on ModerationReset {
        resetReason
      }
    }
  }
`);

export const DecideComments = graphql(`
  mutation DecideComments($decisions: [CommentDecisionInput!]!) {
    decideComments(input: { decisions: $decisions }) {
      results {
        commentId
        decision {
          ...DecisionParts @unmask
        }
        item {
          id
        }
        userErrors {
          code
          message
        }
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const UndoQueueDecision = graphql(`
  mutation UndoQueueDecision($decisionId: ID!) {
    undoDecision(input: { decisionId: $decisionId }) {
      item {
        id
      }
      userErrors {
        code
        message
      }
    }
  }
`);

/** Gives comments back and claims others, in one request. */
export const MoveClaims = graphql(`
  mutation MoveClaims($release: [ID!]!, $claim: [ID!]!, $isReleasing: Boolean!, $isClaiming: Boolean!) {
    releaseComments(input: { commentIds: $release }) @include(if: $isReleasing) {
      items {
        ...Claim @unmask
      }
      userErrors {
        message
      }
    }
    claimComments(input: { commentIds: $claim }) @include(if: $isClaiming) {
      items {
        ...Claim @unmask
      }
      userErrors {
        message
      }
    }
  }
`);

export type QueueItem = QueueItemFragment;
export type Decision = DecisionPartsFragment;

/** An event of moderation; resets come to a place of their own. Masks exist in types only: an event from the socket has all fields. */
export type NewsEvent = Exclude<
  Unmasked<QueueNewsSubscription>['moderationEvents'],
  { readonly __typename: 'ModerationReset' }
>;
