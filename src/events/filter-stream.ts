import type { StreamItem } from './event.ts';

export interface StreamFilter {
  readonly keep: (item: StreamItem) => boolean;
  /** Whether the stream ends behind this item. */
  readonly isLast: (item: StreamItem) => boolean | Promise<boolean>;
}

/**
 * A stream without some of its items. Not an async generator: one of those can't be ended while it waits for the next
 * item, and would keep its feed alive until an event comes.
 */
export function filterStream(
  source: AsyncIterableIterator<StreamItem>,
  { keep, isLast }: StreamFilter,
): AsyncIterableIterator<StreamItem> {
  let last = false;
  const end = async (): Promise<IteratorResult<StreamItem>> => {
    await source.return?.();
    return { done: true, value: undefined };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (!last) {
        const result = await source.next();
        if (result.done) return result;
        last = await isLast(result.value);
        if (keep(result.value)) return result;
      }
      return end();
    },
    return: end,
    async throw(error: unknown) {
      await source.return?.();
      throw error;
    },
  };
}
