import { graphql } from '../graphql/generated/gql.ts';

/** A decision in one line, with what became of it. */
export const DecisionLineDocument = graphql(`
  fragment DecisionLine on ModerationDecision {
    id
    kind
    decidedAt
    reason
    note
    since
    until
    undoneAt
    commentId
    actorKind
    actor {
      id
      name
      author {
        id
      }
    }
    undoneBy {
      id
      name
    }
    person {
      id
      name
      viewerCanSanction
      author {
        id
      }
    }
    article {
      id
      slug
      title
    }
    comment {
      id
      article {
        id
        slug
        title
      }
    }
    removal {
      commentCount
      isDone
    }
    appeal {
      id
      outcome
    }
  }
`);

export const UndoDecisionDocument = graphql(`
  mutation UndoDecision($input: UndoDecisionInput!) {
    undoDecision(input: $input) {
      decision {
        ...DecisionLine
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

/** How far a removal of everything since a time has come, and the numbers of whom it is about. */
export const DecisionProgressDocument = graphql(`
  query DecisionProgress($id: ID!) {
    node(id: $id) {
      id
      ... on ModerationDecision {
        removal {
          commentCount
          isDone
        }
        person {
          id
          ...PersonNumbers
        }
      }
    }
  }
`);
