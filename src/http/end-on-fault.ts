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
 * Keeps errors from standing beside an event, which would then be taken for seen and its cursor for passed. Where a
 * result could not be made for a reason of ours the connection ends; where the operation is to blame (an argument that
 * only its field can refuse) the operation ends with the errors alone. Not an async generator: `return` must get
 * through while `next` waits for an event.
 */
export function endOnFault(result: unknown, { end, report }: FaultHandling): unknown {
  const isBroken = (errors: ExecutionResult['errors']): boolean => {
    const fault = errors?.find((error) => isFault(error));
    if (!fault) return false;
    report('subscription', fault);
    end();
    return true;
  };
  if (!isIterable(result)) {
    // An empty stream: the close code says all there is to say.
    return isBroken((result as ExecutionResult).errors) ? emptyResults() : result;
  }
  let ended = false;
  const done = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (ended) return done;
      try {
        const item = await result.next();
        if (item.done || !item.value.errors) return item;
        ended = true;
        if (!isBroken(item.value.errors)) {
          await result.return();
          return { done: false, value: { errors: item.value.errors } };
        }
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
