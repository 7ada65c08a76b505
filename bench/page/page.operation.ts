/** The fields of every comment, signed out. */
export const commentFields = `
  id
  depth
  threadPosition
  author { id name avatarUrl }
  authorBadges
  bodyHtml
  status
  revision
  createdAt
  editedAt
  replyCount
  permalink`;

const viewerCommentFields = `
  viewerCanReply
  viewerCanEdit
  viewerCanRemove
  viewerEditableUntil
  viewerBodyMarkdown`;

const viewerArticleFields = `
    viewerEndorsement { id displayName }
    viewerCanComment
    viewerCanEndorse
    viewerCanEdit
    viewerContactAddresses`;

/**
 * The article page as a front end requests it: everything from the headline to the replies, and the cursor for live
 * updates.
 */
function operation(article: string, comment: string): string {
  return `query ArticlePage($slug: String!) {
  article(slug: $slug) {
    id
    slug
    title
    standfirst
    bodyHtml
    publishedAt
    updatedAt
    canonicalUrl
    permalink
    author { id slug name location photoUrl bioHtml permalink }
    signatures { name role organisation }
    tags { id name }
    endorsementCount
    endorsements(first: 10) {
      edges { cursor node { id displayName affiliation statement featured createdAt } }
      pageInfo { hasNextPage endCursor }
    }
    commentPolicy
    commentCount
    liveCursor
    lastEventAt
    comments(first: 20) {
      totalCount
      edges {
        cursor
        node {
          ...Comment
          replies(first: 3) {
            totalCount
            edges { cursor node { ...Comment } }
            pageInfo { hasNextPage endCursor }
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }${article}
  }
}

fragment Comment on Comment {${commentFields}${comment}
}`;
}

export const signedOutPage = operation('', '');
export const signedInPage = operation(viewerArticleFields, viewerCommentFields);
