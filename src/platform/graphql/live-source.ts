import type { LogEvent, StreamItem } from '../events/event.ts';
import type { Context } from './context.ts';

/** The log and the items that a subscription concerns. */
export interface LiveSourceOptions {
  /** The log's key. */
  readonly log: string;
  /** The client's cursor; undefined: from now on. */
  readonly after: string | undefined;
  /** Whether the subscription shows items of this kind. */
  readonly wants: (item: StreamItem) => boolean;
  /** Whether a viewer may see the log; called at the start of a subscription, and when the log is withdrawn. */
  readonly isVisible: (context: Context) => Promise<boolean>;
  /** Whether an event withdraws the log from those who may not see it any more; absent: none does. */
  readonly withdraws?: (event: LogEvent) => boolean;
}

/**
 * The value that the field of a subscription returns. Events do not pass through it one by one for each subscriber: it
 * tells which events are wanted, and each event is rendered once for all subscribers with the same selection.
 */
export class LiveSource implements AsyncIterable<never> {
  readonly log: string;
  readonly after: string | undefined;
  readonly wants: LiveSourceOptions['wants'];
  readonly isVisible: LiveSourceOptions['isVisible'];
  readonly withdraws: Required<LiveSourceOptions>['withdraws'];

  constructor({ log, after, wants, isVisible, withdraws = () => false }: LiveSourceOptions) {
    this.log = log;
    this.after = after;
    this.wants = wants;
    this.isVisible = isVisible;
    this.withdraws = withdraws;
  }

  /** Required by GraphQL of the source of a subscription. */
  [Symbol.asyncIterator](): AsyncIterator<never> {
    throw new Error('The items of a live source are sent by the hub');
  }
}
