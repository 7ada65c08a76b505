import type { ArticleEventKind, ArticleEventRecord } from '../events/event.ts';
import type { Context } from './context.ts';

/** An event as GraphQL shows it; each type of event adds its own fields. */
export interface ShownEvent {
  readonly articleId: string;
  sequence: number;
  cursor: string;
  occurredAt: Date;
}

/** Makes the GraphQL object of one event. */
export type EventView = (event: ArticleEventRecord, epoch: string) => ShownEvent;

/** The views of some kinds of events. */
export type EventViews = Readonly<Partial<Record<ArticleEventKind, EventView>>>;

/**
 * The length of the longest text that an event shows, in characters. `short`: at most 2,000, so that it never has to be
 * determined.
 */
export type EventTextLength = 'short' | ((event: ArticleEventRecord, context: Context) => Promise<number>);

/** The text lengths of some kinds of events. */
export type EventTextLengths = Readonly<Partial<Record<ArticleEventKind, EventTextLength>>>;
