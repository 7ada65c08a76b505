import type { ExecutionResult } from 'graphql';
import { type FaultReporter, isFault } from '../graphql/present-error.ts';

export interface FaultHandling {
  /** Ends the connection, so that the client comes back and goes on from its cursor. */
  readonly end: () => void;
  readonly report: FaultReporter;
}

type Results = AsyncGenerator<ExecutionResult, void, void>;

function isIterable(result: unknown): result is Results {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

/**
 * Ends the connection where a result could not be made for a reason of ours. Sent with `errors` beside it, the event
 * would be taken for seen and its cursor for passed. Not an async generator: `return` must get through while `next`
 * waits for an event.
 */
export function endOnFault(result: unknown, { end, report }: FaultHandling): unknown {
  const broken = (errors: ExecutionResult['errors']): boolean => {
    const fault = errors?.find((error) => isFault(error));
    if (!fault) return false;
    report('subscription', fault);
    end();
    return true;
  };
  if (!isIterable(result)) {
    // An empty stream: the close code says all there is to say.
    return broken((result as ExecutionResult).errors) ? emptyResults() : result;
  }
  const done = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const item = await result.next();
        if (item.done || !broken(item.value.errors)) return item;
      } catch (error) {
        report('subscription', error);
        end();
      }
      await result.return();
      return done;
    },
    async return() {
      await result.return();
      return done;
    },
    async throw(error: unknown) {
      await result.return();
      throw error;
    },
  };
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* emptyResults(): Results {
  return;
}
