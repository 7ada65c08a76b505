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

/** Functions that return the length of the longest text that an event of a kind shows, in characters. */
export type EventTextLengths = Readonly<
  Partial<Record<ArticleEventKind, (event: ArticleEventRecord, context: Context) => Promise<number>>>
>;
