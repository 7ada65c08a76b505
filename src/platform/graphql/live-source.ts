import type { StreamItem } from '../events/event.ts';
import type { Context } from './context.ts';

/** The article and the items that a subscription concerns. */
export interface LiveSourceOptions {
  readonly articleId: string;
  /** The client's cursor; undefined: from now on. */
  readonly after: string | undefined;
  /** Whether the subscription shows items of this kind. */
  readonly wants: (item: StreamItem) => boolean;
  /** Whether a viewer may see the article; called at the start of a subscription, and when the article is withdrawn. */
  readonly isVisible: (context: Context) => Promise<boolean>;
}

/**
 * The value that the field of a subscription returns. Events do not pass through it one by one for each subscriber: it
 * tells which events are wanted, and each event is rendered once for all subscribers with the same selection.
 */
export class LiveSource implements AsyncIterable<never> {
  readonly articleId: string;
  readonly after: string | undefined;
  readonly wants: LiveSourceOptions['wants'];
  readonly isVisible: LiveSourceOptions['isVisible'];

  constructor({ articleId, after, wants, isVisible }: LiveSourceOptions) {
    this.articleId = articleId;
    this.after = after;
    this.wants = wants;
    this.isVisible = isVisible;
  }

  /** Required by GraphQL of the source of a subscription. */
  [Symbol.asyncIterator](): AsyncIterator<never> {
    throw new Error('The items of a live source are sent by the hub');
  }
}
