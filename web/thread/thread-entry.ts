/** The orders that a reader can choose. */
export type ThreadSort = 'THREADED' | 'TOP' | 'NEWEST' | 'OLDEST';

/** What a list knows of a comment; what is shown of it stands in the cache. */
export interface Entry {
  readonly id: string;
  readonly depth: number;
  /** The byte order of these is the reading order, and a reply's begins with its parent's. */
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

/** A comment of one's own that the service has not acknowledged. */
export interface OwnEntry {
  /** Its idempotency key. */
  readonly key: string;
  readonly parentId?: string | undefined;
}

export interface CommentRow {
  readonly kind: 'comment';
  readonly key: string;
  readonly id: string;
  /** Levels of indentation. */
  readonly level: number;
  /** It came while the page was open. */
  readonly isNew: boolean;
  readonly isFolded: boolean;
  /** Its replies are not in this list: `continue` is for another page, `branch` loads them here. */
  readonly below: 'here' | 'continue' | 'branch';
}

export type Row =
  | CommentRow
  | { readonly kind: 'own'; readonly key: string; readonly level: number }
  /** The branch of this comment has more replies. */
  | { readonly kind: 'more'; readonly key: string; readonly id: string; readonly level: number };

export interface ThreadSnapshot {
  readonly rows: readonly Row[];
  /** How many new comments wait at the top. */
  readonly gathered: number;
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}

export interface ThreadListOptions {
  readonly sort: ThreadSort;
  /** The greatest level of a list in reading order; what is deeper has a page of its own. */
  readonly maxLevel: number;
  /** The comment whose replies are listed; absent: an article's comments. */
  readonly root?: Entry | undefined;
}

/** How far the replies to one comment are loaded, where they are loaded one by one. */
export interface Branch {
  readonly endCursor: string | null;
  readonly hasNext: boolean;
}
