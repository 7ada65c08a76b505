/** The kinds of facts in an article's log. */
export const articleEventKinds = [
  'COMMENT_ADDED',
  'COMMENT_EDITED',
  'COMMENT_UPDATED',
  'COMMENT_REMOVED',
  'COMMENT_RESTORED',
  'COMMENT_REACTIONS_CHANGED',
  'ENDORSEMENT_ADDED',
  'ENDORSEMENT_UPDATED',
  'ENDORSEMENT_WITHDRAWN',
  'ARTICLE_UPDATED',
  'COMMENT_POLICY_CHANGED',
  'ARTICLE_UNPUBLISHED',
] as const;
export type ArticleEventKind = (typeof articleEventKinds)[number];

/** One fact of an article's public history, as the log holds it: what happened to what, never the text itself. */
export interface ArticleEventRecord {
  readonly articleId: string;
  readonly sequence: number;
  readonly kind: ArticleEventKind;
  readonly commentId: string | null;
  /** With COMMENT_REMOVED: the comment left no tombstone. */
  readonly vanished: boolean;
  readonly endorsementId: string | null;
  readonly idempotencyKey: string | null;
  readonly occurredAt: Date;
}

export const resetReasons = ['EXPIRED', 'TOO_MANY', 'UNKNOWN_CURSOR', 'EPOCH_CHANGED'] as const;
export type ResetReason = (typeof resetReasons)[number];

/** What a stream of one article's events carries; `epoch` and a sequence make the cursor. */
export type StreamItem =
  | { readonly type: 'event'; readonly epoch: string; readonly event: ArticleEventRecord }
  | StreamMark
  | StreamReset;

/** Everything up to `sequence` was sent. */
export interface StreamMark {
  readonly type: 'checkpoint';
  readonly epoch: string;
  readonly articleId: string;
  readonly sequence: number;
  readonly at: Date;
}

/** What lies between the client's cursor and `sequence` can't be sent. */
export interface StreamReset {
  readonly type: 'reset';
  readonly epoch: string;
  readonly articleId: string;
  readonly sequence: number;
  readonly at: Date;
  readonly reason: ResetReason;
}

/** An event that takes more than may be sent of one: a note of what it was about stands in its place. */
export interface OmittedEvent {
  readonly type: 'omitted';
  readonly epoch: string;
  readonly event: ArticleEventRecord;
}
