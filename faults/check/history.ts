/** One event of the log. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly kind: string;
  /** The key of its comment; null where it concerns none. */
  readonly commentId: string | null;
  readonly idempotencyKey: string | null;
}

/** One event of the site's log. */
export interface SiteLoggedEvent extends LoggedEvent {
  readonly articleId: string;
  /** The event's number in its article's log; 0: the publication of an article that has no event of it. */
  readonly articleSequence: number;
}

/** The complete logs of all articles, in order, by the articles' keys. */
export type Logs = Readonly<Record<string, readonly LoggedEvent[]>>;

/** One item that a subscriber received. */
export type Received =
  | {
      readonly type: 'event';
      readonly sequence: number;
      readonly kind: string;
      readonly commentId: string | null;
    }
  | { readonly type: 'checkpoint'; readonly sequence: number }
  | { readonly type: 'reset'; readonly sequence: number; readonly reason: string };

/** Everything that one subscriber received, over all of its connections. */
export interface StreamHistory {
  readonly subscriber: string;
  readonly articleId: string;
  /**
   * The sequence number after which it began; undefined: without a cursor, so that the first checkpoint defines the
   * start.
   */
  readonly start: number | undefined;
  readonly received: readonly Received[];
  /** Errors instead of events: errors of the operation, and close codes after which no client reconnects. */
  readonly errors: readonly string[];
}

/**
 * One comment that was posted.
 * - acknowledged: the service confirmed it
 * - failed: the request never reached the service, or was refused
 * - unknown: anything else
 */
export interface Post {
  readonly key: string;
  readonly articleId: string;
  readonly outcome: 'acknowledged' | 'failed' | 'unknown';
  /** The comment's key, if acknowledged. */
  readonly commentId: string | undefined;
}

/** A stored comment that a post created. */
export interface StoredComment {
  readonly key: string;
  readonly articleId: string;
  readonly commentId: string;
}
