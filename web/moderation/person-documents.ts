import { graphql } from '../graphql/generated/gql.ts';

/** What is counted about an account. */
export const PersonNumbersDocument = graphql(`
  fragment PersonNumbers on Person {
    id
    commentCounts {
      published
      pending
      rejected
      removed
    }
    reportsMade {
      open
      upheld
      dismissed
      badFaith
      obsolete
    }
    reportsReceived {
      open
      upheld
      dismissed
      badFaith
      obsolete
    }
    reporterStanding {
      isGood
    }
  }
`);

/** An account as moderators see it, without what was written, decided and noted. */
export const PersonCardDocument = graphql(`
  fragment PersonCard on Person {
    id
    name
    createdAt
    roles
    suspension {
      kind
      decidedAt
      until
      reason
      note
    }
    premoderation {
      kind
      decidedAt
      until
      reason
      note
    }
    commentCounts {
      published
      pending
      rejected
      removed
    }
  }
`);

export const PersonListDocument = graphql(`
  query PersonList($filter: PersonFilter, $first: Int, $after: Cursor) {
    persons(filter: $filter, first: $first, after: $after) {
      nodes {
        ...PersonCard @unmask
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export const ModeratedPersonDocument = graphql(`
  query ModeratedPerson($id: ID!) {
    node(id: $id) {
      id
      ... on Person {
        ...PersonCard @unmask
        author {
          id
          avatarUrl
          permalink
        }
        ...PersonNumbers @unmask
        viewerCanSanction
        viewerCanChangeRoles
      }
    }
  }
`);

export const PersonDecisionsDocument = graphql(`
  query PersonDecisions($id: ID!, $first: Int, $after: Cursor) {
    node(id: $id) {
      id
      ... on Person {
        decisions(first: $first, after: $after) {
          nodes {
            id
            ...DecisionLine @unmask
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  }
`);

export const PersonNotesDocument = graphql(`
  query PersonNotes($id: ID!, $first: Int, $after: Cursor) {
    node(id: $id) {
      id
      ... on Person {
        notes(first: $first, after: $after) {
          nodes {
            id
            text
            createdAt
            viewerCanRemove
            author {
              id
              name
            }
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  }
`);

export const SuspendAccount = graphql(`
  mutation SuspendAccount($input: SuspendAccountInput!) {
    suspendAccount(input: $input) {
      person {
        ...PersonCard
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const BanAccount = graphql(`
  mutation BanAccount($input: BanAccountInput!) {
    banAccount(input: $input) {
      person {
        ...PersonCard
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const PremoderateAccount = graphql(`
  mutation PremoderateAccount($input: PremoderateAccountInput!) {
    premoderateAccount(input: $input) {
      person {
        ...PersonCard
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const LiftSanction = graphql(`
  mutation LiftSanction($input: LiftSanctionInput!) {
    liftSanction(input: $input) {
      person {
        ...PersonCard
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RemoveCommentsSince = graphql(`
  mutation RemoveCommentsSince($input: RemoveCommentsSinceInput!) {
    removeCommentsSince(input: $input) {
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

export const GrantRole = graphql(`
  mutation GrantRole($input: GrantRoleInput!) {
    grantRole(input: $input) {
      person {
        id
        roles
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RevokeRole = graphql(`
  mutation RevokeRole($input: RevokeRoleInput!) {
    revokeRole(input: $input) {
      person {
        id
        roles
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const AddPersonNote = graphql(`
  mutation AddPersonNote($input: AddPersonNoteInput!) {
    addPersonNote(input: $input) {
      note {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RemovePersonNote = graphql(`
  mutation RemovePersonNote($input: RemovePersonNoteInput!) {
    removePersonNote(input: $input) {
      person {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);
