/**
 * Everything that happens to an article, with a comment's fields as the article page shows them to somebody who is signed
 * in: the fragment of `test/golden/article-page-signed-in.graphql`. What kind of event it is and its number come first,
 * where a subscriber of the benches finds them without parsing the whole.
 */
export const articleEventsOperation = `subscription ArticleEvents($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename
    sequence
    cursor
    ... on CommentEvent {
      comment {
        ...Comment
        parent { id replyCount }
        article { id commentCount }
      }
    }
    ... on CommentAdded { idempotencyKey }
    ... on CommentRemoved { vanishedCommentId }
    ... on EndorsementEvent { article { id endorsementCount } }
    ... on ArticleReset { resetReason }
  }
}

fragment Comment on Comment {
  id
  depth
  threadPosition
  author { id name avatarUrl }
  authorBadges
  bodyHtml
  bodyText
  status
  revision
  createdAt
  editedAt
  replyCount
  descendantCount
  permalink
  importKey
  viewerCanReply
  viewerCanEdit
  viewerCanRemove
  viewerEditableUntil
  viewerBodyMarkdown
}`;
