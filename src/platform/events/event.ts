/** What the events of a kind say: about the article itself. */
export interface OfArticle {
  readonly subjectId?: undefined;
  readonly detail?: undefined;
}

/** What the events of a kind say: about something of the article, by its key within it, and what else there is to say. */
export interface OfSubject<Detail = undefined> {
  readonly subjectId: string;
  readonly detail?: Detail;
}

/**
 * The kinds of events in the logs of articles, each with what it says. The log knows none of them: features add theirs
 * (`declare module`), and tell of them in `Feature.events`.
 */
export interface EventKinds {
  /** Only for the compiler: a name that no feature uses. */
  readonly ''?: never;
}
export type ArticleEventKind = Exclude<keyof EventKinds, ''>;

/** One fact of a log as it is stored: its kind and the keys of its rows, never the text itself. */
export interface LogEvent {
  /** The log's key. */
  readonly log: string;
  readonly sequence: number;
  readonly kind: string;
  /** What the event is about, by its key within the article; null: the article itself, or the log's owner. */
  readonly subjectId: string | null;
  /** What else the kind says, as JSON. */
  readonly detail: unknown;
  readonly idempotencyKey: string | null;
  readonly occurredAt: Date;
}

/** What an event changes of what earlier events show: nothing, what those of its own subject show, or anything. */
export type Change = 'nothing' | 'subject' | 'anything';

export const resetReasons = ['EXPIRED', 'TOO_MANY', 'UNKNOWN_CURSOR', 'EPOCH_CHANGED'] as const;
export type ResetReason = (typeof resetReasons)[number];

/** An item of a stream of one log's events; `epoch` and a sequence make the cursor. */
export type StreamItem =
  { readonly type: 'event'; readonly epoch: string; readonly event: LogEvent } | StreamMark | StreamReset;

/** Checkpoint: everything up to `sequence` was sent. */
export interface StreamMark {
  readonly type: 'checkpoint';
  readonly epoch: string;
  readonly log: string;
  readonly sequence: number;
  readonly at: Date;
}

/** Reset: the events between the client's cursor and `sequence` can't be sent. */
export interface StreamReset {
  readonly type: 'reset';
  readonly epoch: string;
  readonly log: string;
  readonly sequence: number;
  readonly at: Date;
  readonly reason: ResetReason;
}

/** Replaces an event that is larger than one event may be: a note of its subject is sent instead. */
export interface OmittedEvent {
  readonly type: 'omitted';
  readonly epoch: string;
  readonly event: LogEvent;
}
