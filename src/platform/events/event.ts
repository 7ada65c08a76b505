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
  'ARTICLE_UNLOCKED',
  'CAMPAIGN_UPDATED',
  'CAMPAIGN_ENDED',
  'PLEDGE_ADDED',
  'PLEDGE_CHANGED',
  'PLEDGE_WITHDRAWN',
  'MILESTONE_REACHED',
  'MILESTONE_SETTLED',
  'COLLECTION_PROGRESSED',
] as const;
export type ArticleEventKind = (typeof articleEventKinds)[number];

/** The kind of the items of inboxes, which streams follow like the logs of articles. */
export type InboxEventKind = 'NOTIFICATION_ADDED';

/** The kind of all items of the log of moderation, which streams follow like the logs of articles. */
export type ModerationItemKind = 'MODERATION_EVENT';

/**
 * One fact of an article's public history, as stored in the log: its kind and the ids of its rows, never the text
 * itself.
 */
export interface ArticleEventRecord {
  /** The log's key: the article's, `inboxLog` of an account, `siteLog`, or `moderationLogKey`. */
  readonly articleId: string;
  readonly sequence: number;
  readonly kind: ArticleEventKind | InboxEventKind | ModerationItemKind;
  readonly commentId: string | null;
  /** With COMMENT_REMOVED: the comment left no tombstone. */
  readonly vanished: boolean;
  readonly endorsementId: string | null;
  readonly pledgeId: string | null;
  /** Position of the campaign's milestone. */
  readonly milestone: number | null;
  readonly idempotencyKey: string | null;
  readonly occurredAt: Date;
  /** In the site's log: where the event comes from. */
  readonly origin?: EventOrigin;
}

/** The place of an event of the site's log in the log of its article. */
export interface EventOrigin {
  readonly articleId: string;
  readonly sequence: number;
  /** Whether the event made its article public. */
  readonly publishes: boolean;
}

export const resetReasons = ['EXPIRED', 'TOO_MANY', 'UNKNOWN_CURSOR', 'EPOCH_CHANGED'] as const;
export type ResetReason = (typeof resetReasons)[number];

/** An item of a stream of one article's events; `epoch` and a sequence make the cursor. */
export type StreamItem =
  | { readonly type: 'event'; readonly epoch: string; readonly event: ArticleEventRecord }
  | StreamMark
  | StreamReset;

/** Checkpoint: everything up to `sequence` was sent. */
export interface StreamMark {
  readonly type: 'checkpoint';
  readonly epoch: string;
  readonly articleId: string;
  readonly sequence: number;
  readonly at: Date;
}

/** Reset: the events between the client's cursor and `sequence` can't be sent. */
export interface StreamReset {
  readonly type: 'reset';
  readonly epoch: string;
  readonly articleId: string;
  readonly sequence: number;
  readonly at: Date;
  readonly reason: ResetReason;
}

/** Replaces an event that is larger than one event may be: a note of its subject is sent instead. */
export interface OmittedEvent {
  readonly type: 'omitted';
  readonly epoch: string;
  readonly event: ArticleEventRecord;
}
