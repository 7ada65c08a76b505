import type { Client, FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws/client';
import type { Connections } from './connections.ts';
import { ResumedOperation } from './resumed-operation.ts';

/**
 * The connections as a graphql-ws client, for libraries that take one. Subscriptions that select `cursor` are resumed
 * after the last event, through their variable `after`. Resets are delivered as events.
 * @param opened called for each operation with the function that ends it; returns a function to call when it has ended,
 * which returns whether it was still open
 */
export function graphqlWsClient(
  connections: Connections,
  opened: (stop: () => void) => () => boolean,
  dispose: () => void,
): Client {
  const subscribe = <TData, TExtensions>(
    payload: SubscribePayload,
    sink: Sink<FormattedExecutionResult<TData, TExtensions>>,
  ): (() => void) => {
    const operation = new ResumedOperation(connections, payload, {
      sent: () => undefined,
      interrupted: () => undefined,
      next: (result) => sink.next(result as FormattedExecutionResult<TData, TExtensions>),
      acceptsEnd: () => true,
      resumesAfter: () => undefined,
      complete: () => {
        closed();
        sink.complete();
      },
      // Libraries expect the error that the protocol delivers: the list of GraphQL errors.
      error: (error) => {
        closed();
        sink.error(error.errors.length > 0 ? error.errors : error);
      },
    });
    const stop = () => {
      if (!closed()) return;
      operation.stop();
      sink.complete();
    };
    const closed = opened(stop);
    operation.start();
    return stop;
  };
  return {
    subscribe,
    iterate: (payload) => iterate((sink) => subscribe(payload, sink)),
    on: connections.on,
    terminate: () => connections.terminate(),
    dispose,
  };
}

/** Not an async generator: `return` must take effect while `next` waits. */
function iterate<T>(subscribe: (sink: Sink<T>) => () => void): AsyncIterableIterator<T> {
  const results: T[] = [];
  let end: { readonly error?: unknown } | undefined;
  /** Callbacks of pending calls of `next`, in their order. */
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const go of waiting.splice(0)) go();
  };
  const finish = (how: { readonly error?: unknown }) => {
    end ??= how;
    wake();
  };
  const stop = subscribe({
    next: (result) => {
      results.push(result);
      wake();
    },
    error: (error) => finish({ error }),
    complete: () => finish({}),
  });
  const done = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (results.length === 0 && !end) await new Promise<void>((resolve) => waiting.push(resolve));
      const value = results.shift();
      if (value !== undefined) return { done: false, value };
      if (end && 'error' in end) throw end.error;
      return done;
    },
    return() {
      stop();
      results.length = 0;
      return Promise.resolve(done);
    },
  };
}
