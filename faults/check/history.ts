/** One event as the log has it. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly kind: string;
  /** The key of its comment; null where it is about none. */
  readonly commentId: string | null;
  readonly idempotencyKey: string | null;
}

/** The logs of all articles by the articles' keys, each in order and whole. */
export type Logs = Readonly<Record<string, readonly LoggedEvent[]>>;

/** One thing that a subscriber was sent. */
export type Received =
  | {
      readonly type: 'event';
      readonly sequence: number;
      readonly kind: string;
      readonly commentId: string | null;
    }
  | { readonly type: 'checkpoint'; readonly sequence: number }
  | { readonly type: 'reset'; readonly sequence: number; readonly reason: string };

/** All that one subscriber got, over all of its connections. */
export interface StreamHistory {
  readonly subscriber: string;
  readonly articleId: string;
  /** The number behind which it began; undefined: it has no cursor yet, the first mark says where it begins. */
  readonly start: number | undefined;
  readonly received: readonly Received[];
  /** What it was told instead of events: errors of its operation, close codes that no client comes back from. */
  readonly errors: readonly string[];
}

/**
 * One comment that was posted.
 * - acknowledged: the service said that it is there
 * - failed: the request never reached the service, or was refused
 * - unknown: anything else
 */
export interface Post {
  readonly key: string;
  readonly articleId: string;
  readonly outcome: 'acknowledged' | 'failed' | 'unknown';
  /** The comment's key, once acknowledged. */
  readonly commentId: string | undefined;
}

/** A comment of the database that was made by a post. */
export interface StoredComment {
  readonly key: string;
  readonly articleId: string;
  readonly commentId: string;
}
