/** Orders that a reader can choose. */
export type ThreadSort = 'THREADED' | 'TOP' | 'NEWEST' | 'OLDEST';

/** Fields of a comment that the list needs; the displayed fields are in the cache. */
export interface Entry {
  readonly id: string;
  readonly depth: number;
  /** Byte order of positions is reading order, and a reply's position begins with its parent's. */
  readonly threadPosition: string;
  readonly createdAt: string;
}

/** A page of the API. */
export interface EntryPage {
  readonly nodes: readonly Entry[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasPreviousPage: boolean;
    readonly hasNextPage: boolean;
  };
}

/** A comment by the reader that the service has not acknowledged. */
export interface OwnEntry {
  /** The idempotency key. */
  readonly key: string;
  readonly parentId?: string | undefined;
}

export interface CommentRow {
  readonly kind: 'comment';
  readonly key: string;
  readonly id: string;
  /** Level of indentation. */
  readonly level: number;
  /** The comment was added while the page was open. */
  readonly isNew: boolean;
  readonly isFolded: boolean;
  /**
   * Where the replies are: in this list (`here`), on another page (`continue`), or not loaded, with a button that loads
   * them here (`branch`).
   */
  readonly below: 'here' | 'continue' | 'branch';
}

export type Row =
  | CommentRow
  | { readonly kind: 'own'; readonly key: string; readonly level: number }
  /** The branch of this comment has more replies. */
  | { readonly kind: 'more'; readonly key: string; readonly id: string; readonly level: number };

export interface ThreadSnapshot {
  readonly rows: readonly Row[];
  /** Number of new comments that wait at the top. */
  readonly gathered: number;
  /** Number of new comments in their places, at any depth, that the reader has not come to. */
  readonly unseen: number;
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}

export interface ThreadListOptions {
  readonly sort: ThreadSort;
  /** The deepest level of a list in reading order; deeper comments have a page of their own. */
  readonly maxLevel: number;
  /** The comment whose replies are listed; absent: an article's comments. */
  readonly root?: Entry | undefined;
}

/** How far a comment's replies are loaded, where each comment's replies are loaded separately. */
export interface Branch {
  readonly endCursor: string | null;
  readonly hasNext: boolean;
}
