/** The mutation of a client that displays the new comment at once and continues its live stream. */
export const addCommentOperation = `mutation AddComment($input: AddCommentInput!) {
  addComment(input: $input) {
    comment {
      id
      depth
      threadPosition
      author { id name avatarUrl }
      bodyHtml
      status
      revision
      createdAt
      permalink
      parent { id }
    }
    article { id commentCount liveCursor }
    userErrors { code message field }
  }
}`;
