/** What a client sends to post, and gets to show the comment at once and to go on listening. */
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
