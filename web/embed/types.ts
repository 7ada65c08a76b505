/** The shapes of what `documents.ts` selects. */

export type CommentStatus = 'PENDING' | 'PUBLISHED' | 'REJECTED' | 'REMOVED';

export type CommentOrder = 'NEWEST' | 'OLDEST' | 'TOP';

export interface CommentAuthor {
  readonly id: string;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly permalink: string | null;
  readonly sharesNameWithJournalist: boolean;
}

export interface Comment {
  readonly id: string;
  readonly status: CommentStatus;
  readonly depth: number;
  /** The byte order of these texts is the reading order; that of a reply begins with that of its parent. */
  readonly threadPosition: string;
  /** Sanitised by the service; null for a tombstone. */
  readonly bodyHtml: string | null;
  /** A time, or a day, a month or a year for an imported comment. */
  readonly createdAt: string;
  readonly editedAt: string | null;
  readonly descendantCount: number;
  readonly authorBadges: readonly string[];
  readonly permalink: string;
  readonly author: CommentAuthor | null;
  readonly parent: { readonly id: string; readonly author: { readonly name: string } | null } | null;
  readonly reactions: readonly { readonly kind: string; readonly count: number }[];
  readonly viewerReactions: readonly string[];
  readonly viewerCanReply: boolean;
  readonly viewerCanReact: boolean;
  readonly viewerCanRemove: boolean;
}

/** A comment with the counts of what it belongs to. */
export interface CountedComment extends Comment {
  readonly ancestors: readonly { readonly id: string; readonly descendantCount: number }[];
  readonly article: { readonly id: string; readonly commentCount: number };
}

export interface PageInfo {
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

export interface CommentPage<Item = Comment> {
  readonly pageInfo: PageInfo;
  readonly nodes: readonly Item[];
}

/** A comment of the first level with the beginning of its branch. */
export type RootComment = Comment & { readonly descendants: CommentPage | null };

export interface ArticleFacts {
  readonly id: string;
  readonly commentCount: number;
  readonly commentPolicy: 'CLOSED' | 'OPEN' | 'PREMODERATED';
  readonly viewerCanComment: boolean;
}

export interface Suspension {
  /** Null: until a moderator lifts it. */
  readonly until: string | null;
  readonly reason: string | null;
  /** What a moderator has added, as plain text. */
  readonly note: string | null;
}

export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly isSuspended: boolean;
  /** Why and until when; null: the account is not suspended. */
  readonly suspension: Suspension | null;
  readonly mustConfirmEmail: boolean;
  readonly commentAuthor: { readonly avatarUrl: string | null };
}

export interface ThreadAnswer {
  readonly articleByUrl:
    | (ArticleFacts & { readonly liveCursor: string; readonly comments: CommentPage<RootComment> | null })
    | null;
  /** Whether the first comment makes the article of an address that has none. */
  readonly canBeginThread: boolean;
  readonly viewer: Viewer | null;
}

export interface UserError {
  readonly code: string;
  readonly message: string;
  /** When a comment under slow mode can be sent again. */
  readonly retryAt?: string | null;
}

/** An event of the subscription, but for resets, which the client handles. */
export interface ThreadEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly comment?: CountedComment;
  readonly vanishedCommentId?: string | null;
  readonly article?: Pick<ArticleFacts, 'commentPolicy' | 'viewerCanComment'>;
}
