/* eslint-disable */
/** A public role of a comment’s author. */
export type Badge =
  /** The author wrote the article that the comment is about. */
  | 'ARTICLE_AUTHOR'
  /** The author publishes articles here. */
  | 'JOURNALIST'
  /** The author moderates comments. */
  | 'MODERATOR';

/** Whether an article accepts comments, and whether a moderator has to approve them. */
export type CommentPolicy =
  /** No new comments are accepted; existing comments stay. */
  | 'CLOSED'
  /** A new comment is public at once. */
  | 'OPEN'
  /** A new comment waits for a moderator’s approval. */
  | 'PREMODERATED';

/** Whether a comment is public. */
export type CommentStatus =
  /** Waits for a moderator’s approval; visible only to its author and to moderators. */
  | 'PENDING'
  /** Public. */
  | 'PUBLISHED'
  /** Rejected by a moderator; visible only to its author and to moderators. */
  | 'REJECTED'
  /** Removed. A tombstone keeps its place and its replies, but has no text and no author. */
  | 'REMOVED';

/** A kind of reaction to a comment. */
export type ReactionKind =
  /** Disagreement: “I see it differently.” */
  | 'DISAGREE'
  /** Insight: “I learned something.” */
  | 'INSIGHTFUL'
  /** Approval: “Well said.” */
  | 'LIKE';

export type PageOfBranchQuery = { readonly article: { readonly slug: string, readonly title: string, readonly standfirst: string | null, readonly bodyHtml: string, readonly bodyText: string, readonly publishedAt: string | null, readonly updatedAt: string, readonly permalink: string, readonly canonicalUrl: string | null, readonly contactAddressCount: number, readonly author: { readonly name: string, readonly slug: string, readonly permalink: string, readonly photoUrl: string | null, readonly location: string | null }, readonly signatures: ReadonlyArray<{ readonly name: string, readonly role: string | null, readonly organisation: string | null }>, readonly tags: ReadonlyArray<{ readonly name: string }> | null } | null, readonly comment: { readonly id: string, readonly permalink: string, readonly status: CommentStatus, readonly depth: number, readonly descendantCount: number, readonly bodyText: string | null, readonly bodyHtml: string | null, readonly createdAt: string, readonly editedAt: string | null, readonly authorBadges: ReadonlyArray<Badge>, readonly author: { readonly id: string, readonly name: string, readonly avatarUrl: string | null, readonly permalink: string | null, readonly sharesNameWithJournalist: boolean } | null, readonly reactions: ReadonlyArray<{ readonly kind: ReactionKind, readonly count: number }>, readonly article: { readonly slug: string } } | null };

export type CommentsInHeadFragment = { readonly slug: string, readonly title: string, readonly commentCount: number };

export type DiscussionFragment = { readonly slug: string, readonly commentCount: number, readonly commentPolicy: CommentPolicy, readonly allComments: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly permalink: string, readonly status: CommentStatus, readonly depth: number, readonly descendantCount: number, readonly bodyText: string | null, readonly bodyHtml: string | null, readonly createdAt: string, readonly editedAt: string | null, readonly authorBadges: ReadonlyArray<Badge>, readonly author: { readonly id: string, readonly name: string, readonly avatarUrl: string | null, readonly permalink: string | null, readonly sharesNameWithJournalist: boolean } | null, readonly reactions: ReadonlyArray<{ readonly kind: ReactionKind, readonly count: number }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };
