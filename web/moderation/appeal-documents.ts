import { graphql } from '../graphql/generated/gql.ts';

export const AppealListDocument = graphql(`
  query AppealList($first: Int, $after: Cursor) {
    moderationAppeals(first: $first, after: $after) {
      totalCount
      nodes {
        id
        text
        appealedAt
        person {
          id
          name
          author {
            id
          }
        }
        decision {
          id
          ...DecisionLine @unmask
          bodyHtml
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export const AnswerAppeal = graphql(`
  mutation AnswerAppeal($input: AnswerAppealInput!) {
    answerAppeal(input: $input) {
      appeal {
        id
        outcome
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);
