import { RequestError } from '../errors/errors.ts';
import { Shares } from '../fairness/shares.ts';

/** Number of operations of one client that run at once. */
export const maxRunningOperations = 16;
/** Number of operations of one client that wait behind those. */
export const maxWaitingOperations = 200;

/** Most points of the operations of one client that run at once; a single operation may cost more. */
export const maxRunningPoints = 1000;

/** Bounds the operations of one client that run at once: each holds rows and a part of an answer in memory. */
export class OperationSlots {
  readonly #shares = new Shares<'operation'>({
    size: Infinity,
    lanes: {
      operation: {
        reserved: 0,
        max: Infinity,
        perClient: maxRunningOperations,
        perClientPoints: maxRunningPoints,
        isForPeople: true,
      },
    },
    maxWaitingPerClient: maxWaitingOperations,
    maxWaiting: Infinity,
    // An operation that runs ends by itself, and a client's own wait in their order.
    waitMs: Infinity,
    reason: 'Too many operations of this client are waiting',
    refusal: () =>
      new RequestError('RATE_LIMITED', 'Too many operations of this client are waiting.', {
        retryAfterSeconds: 1,
      }),
  });

  /**
   * Runs the work once the client has a slot for it.
   * @param points the cost of the operation
   * @throws RequestError RATE_LIMITED where too many operations of the client wait; any error of the work
   */
  run<T>(client: string, points: number, work: () => Promise<T>): Promise<T> {
    return this.#shares.run({ lane: 'operation', client, points }, work);
  }
}
