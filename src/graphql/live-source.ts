import type { StreamItem } from '../events/event.ts';
import type { Context } from './context.ts';

/** What a subscription is about. */
export interface LiveSourceOptions {
  readonly articleId: string;
  /** The client's cursor; undefined: from now on. */
  readonly after: string | undefined;
  /** Whether the subscription shows items of this kind. */
  readonly wants: (item: StreamItem) => boolean;
  /** Whether whoever asks may see the article; asked when they come, and when it is taken back. */
  readonly isVisible: (context: Context) => Promise<boolean>;
}

/**
 * What the field of a subscription answers with. The events do not go through it one by one and subscriber by subscriber:
 * it says which ones are wanted, and each is made ready once for everybody who wants the same.
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

  /** GraphQL takes nothing else for the source of a subscription. */
  [Symbol.asyncIterator](): AsyncIterator<never> {
    throw new Error('The items of a live source are sent by the hub');
  }
}
