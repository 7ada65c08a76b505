/*
 * The operations of the element. They are sent as they stand here: a token of the pop-up sign-in is bound to these texts, so that
 * the page that embeds the element can do nothing else with it. `operations` lists all of them.
 */

const comment = `fragment EmbedComment on Comment {
  id status depth threadPosition bodyHtml createdAt editedAt descendantCount authorBadges permalink
  author { id name avatarUrl permalink sharesNameWithJournalist }
  parent { id author { name } }
  reactions { kind count }
  viewerReactions viewerCanReply viewerCanReact viewerCanRemove
}`;

const branch = `pageInfo { endCursor hasNextPage } nodes { ...EmbedComment }`;

const first = `pageInfo { endCursor hasNextPage }
  nodes { ...EmbedComment descendants(first: 4) { ${branch} } }`;

/** The article at an address with its first comments, whether a comment would make one, and who reads it. */
export const threadQuery = `query EmbedThread($url: URL!, $first: Int!, $orderBy: CommentOrder!) {
  articleByUrl(url: $url) {
    id commentCount commentPolicy viewerCanComment liveCursor
    comments(first: $first, orderBy: $orderBy) { ${first} }
  }
  canBeginThread(url: $url)
  viewer {
    id name isSuspended suspension { until reason note } mustConfirmEmail commentAuthor { avatarUrl }
  }
}
${comment}`;

export const moreQuery = `query EmbedMore($articleId: ID!, $first: Int!, $after: Cursor, $orderBy: CommentOrder!) {
  node(id: $articleId) {
    ... on Article { id comments(first: $first, after: $after, orderBy: $orderBy) { ${first} } }
  }
}
${comment}`;

export const repliesQuery = `query EmbedReplies($commentId: ID!, $first: Int!, $after: Cursor) {
  comment(id: $commentId) { id descendantCount descendants(first: $first, after: $after) { ${branch} } }
}
${comment}`;

const counted = `...EmbedComment ancestors { id descendantCount } article { id commentCount }`;

export const eventsSubscription = `subscription EmbedEvents($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename cursor
    ... on CommentEvent { comment { ${counted} } }
    ... on CommentRemoved { vanishedCommentId }
    ... on CommentPolicyChanged { article { id commentPolicy viewerCanComment } }
    ... on ArticleReset { resetReason }
  }
}
${comment}`;

export const addMutation = `mutation EmbedAdd($input: AddCommentInput!) {
  addComment(input: $input) { comment { ${counted} } article { id canonicalUrl } userErrors { code message retryAt } }
}
${comment}`;

export const removeMutation = `mutation EmbedRemove($input: RemoveCommentInput!) {
  removeComment(input: $input) {
    comment { ${counted} } article { id commentCount } vanishedCommentId userErrors { code message }
  }
}
${comment}`;

export const reactMutation = `mutation EmbedReact($input: ReactInput!) {
  react(input: $input) { comment { id reactions { kind count } viewerReactions } userErrors { code message } }
}`;

export const unreactMutation = `mutation EmbedUnreact($input: UnreactInput!) {
  unreact(input: $input) { comment { id reactions { kind count } viewerReactions } userErrors { code message } }
}`;

/** Exchanges a token that the page's own site has signed. Not for a token of the pop-up: it signs nobody in. */
export const signInMutation = `mutation EmbedSignIn($input: SignInWithTokenInput!) {
  signInWithToken(input: $input) {
    session { accessToken refreshToken expiresAt } viewer { id } userErrors { code message }
  }
}`;

export const signOutMutation = `mutation EmbedSignOut { signOut { userErrors { code message } } }`;

/** What a token of the pop-up sign-in runs. */
export const operations: readonly string[] = [
  threadQuery,
  moreQuery,
  repliesQuery,
  eventsSubscription,
  addMutation,
  removeMutation,
  reactMutation,
  unreactMutation,
];
