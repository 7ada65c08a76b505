import { graphql } from '../graphql/generated/gql.ts';

/** What an entry of the log says. */
export const ActionLineDocument = graphql(`
  fragment ActionLine on ModerationAction {
    __typename
    sequence
    occurredAt
    actorKind
    actor {
      id
      name
    }
    person {
      id
      name
    }
    ... on CommentAction {
      commentId
      comment {
        id
        article {
          id
          slug
          title
        }
      }
    }
    ... on CommentHeld {
      phase
    }
    ... on CommentReported {
      reportReason
    }
    ... on CommentClaimed {
      claimedUntil
    }
    ... on CommentEscalated {
      suspicion
    }
    ... on HookUnanswered {
      action
    }
    ... on DecisionAction {
      decision {
        id
        kind
        undoneAt
        commentId
        person {
          id
        }
        ...DecisionLine
      }
    }
    ... on RoleAction {
      role
    }
    ... on ModerationSettingsChanged {
      article {
        id
        slug
        title
      }
      changes {
        setting
        before
        after
      }
    }
  }
`);

/** The cursor is read before the list: what comes after it is in the list, or among the events behind it. */
export const ModerationLogDocument = graphql(`
  query ModerationLog($filter: ModerationHistoryFilter, $first: Int, $after: Cursor) {
    moderationQueue {
      liveCursor
    }
    moderationHistory(filter: $filter, first: $first, after: $after) {
      nodes {
        ...ActionLine @unmask
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

/** Sent as it stands here, so without directives of the page’s own. */
export const ModerationLogEvents = graphql(`
  subscription ModerationLogEvents($after: EventCursor) {
    moderationEvents(after: $after) {
      __typename
      cursor
      ... on ModerationAction {
        ...ActionLine
      }
      ... on ModerationReset {
        resetReason
      }
    }
  }
`);

/** The name of an account by which the log is filtered. */
export const LogPersonDocument = graphql(`
  query LogPerson($id: ID!) {
    node(id: $id) {
      id
      ... on Person {
        name
      }
    }
  }
`);
