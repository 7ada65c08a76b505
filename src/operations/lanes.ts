import { RequestError } from '../errors.ts';

/** The number of operations of one client that run at once, and of those that wait behind them. */
const maxRunning = 16;
const maxWaiting = 200;

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/** Bounds the operations of one client that run at once: each holds rows and a part of an answer in memory. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /**
   * Runs the work once the client has a free place.
   * @throws RequestError RATE_LIMITED where too many operations of the client wait; whatever the work throws
   */
  async run<T>(client: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(client) ?? { running: 0, waiting: [] };
    this.#lanes.set(client, lane);
    if (lane.running < maxRunning) lane.running += 1;
    else await this.#wait(lane);
    try {
      return await work();
    } finally {
      this.#leave(client, lane);
    }
  }

  async #wait({ waiting }: Lane): Promise<void> {
    if (waiting.length >= maxWaiting)
      throw new RequestError('RATE_LIMITED', 'Too many operations of this client are waiting.', {
        retryAfterSeconds: 1,
      });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** The place of an operation that ends goes to the next one, or is given up. */
  #leave(client: string, lane: Lane): void {
    const next = lane.waiting.shift();
    if (next) return next();
    lane.running -= 1;
    if (lane.running === 0) this.#lanes.delete(client);
  }
}
