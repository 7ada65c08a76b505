/** Content of the explorer's editor on the first visit: the API in three operations. */
export const explorerQuery = `# Standfirst: run one of these with the button above, or write your own.

query LatestArticle {
  articles(first: 1) {
    nodes {
      id
      title
      author { name location }
      commentCount
      liveCursor
      comments(first: 5) {
        nodes {
          id
          createdAt
          author { name }
          bodyText
          replies(first: 3) { nodes { author { name } bodyText } }
        }
      }
    }
  }
}

# Put an article's id and liveCursor into the variables, then post a comment in another tab.
subscription Listen($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename
    sequence
    cursor
    ... on CommentEvent { comment { id bodyText author { name } } }
  }
}

# Sign in first (SignIn), and put "Bearer " and the accessToken into the Headers.
mutation Reply($articleId: ID!, $body: String!) {
  addComment(input: { articleId: $articleId, body: $body }) {
    comment { id bodyHtml }
    userErrors { code message field }
  }
}

mutation SignIn($email: String!, $password: String!) {
  signIn(input: { email: $email, password: $password }) {
    session { accessToken expiresAt }
    userErrors { code message }
  }
}
`;
