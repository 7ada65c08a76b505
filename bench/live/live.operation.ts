/**
 * All events of an article, with the fields of a comment that the article page shows to a signed-in reader: the
 * fragment of `test/golden/article-page-signed-in.graphql`. Type and sequence number come first, where the bench's
 * subscribers find them without parsing the whole message.
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
