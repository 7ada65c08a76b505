import { graphql } from '../graphql/generated/gql.ts';

export const WordListDocument = graphql(`
  query WordList($filter: ModerationWordFilter, $first: Int, $after: Cursor) {
    moderationWords(filter: $filter, first: $first, after: $after) {
      totalCount
      nodes {
        id
        text
        mode
        action
        language
        addedAt
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export const AddWords = graphql(`
  mutation AddModerationWords($input: AddModerationWordsInput!) {
    addModerationWords(input: $input) {
      words {
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

export const RemoveWords = graphql(`
  mutation RemoveModerationWords($input: RemoveModerationWordsInput!) {
    removeModerationWords(input: $input) {
      removedWordIds
      userErrors {
        code
        field
        message
      }
    }
  }
`);
