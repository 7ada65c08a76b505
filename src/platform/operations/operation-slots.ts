import { RequestError } from '../errors/errors.ts';

/** Number of operations of one client that run at once. */
export const maxRunningOperations = 16;
/** Number of operations of one client that wait behind those. */
export const maxWaitingOperations = 200;

/** Most points of the operations of one client that run at once; a single operation may cost more. */
export const maxRunningPoints = 1000;

interface Waiting {
  readonly points: number;
  readonly start: () => void;
}

interface Lane {
  running: number;
  points: number;
  readonly waiting: Waiting[];
}

/** Bounds the operations of one client that run at once: each holds rows and a part of an answer in memory. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /**
   * Runs the work once the client's lane has room.
   * @param points the cost of the operation
   * @throws RequestError RATE_LIMITED where too many operations of the client wait; any error of the work
   */
  async run<T>(client: string, points: number, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(client) ?? { running: 0, points: 0, waiting: [] };
    this.#lanes.set(client, lane);
    if (lane.waiting.length === 0 && hasRoom(lane, points)) take(lane, points);
    else await this.#wait(lane, points);
    try {
      return await work();
    } finally {
      this.#leave(client, lane, points);
    }
  }

  async #wait({ waiting }: Lane, points: number): Promise<void> {
    if (waiting.length >= maxWaitingOperations)
      throw new RequestError('RATE_LIMITED', 'Too many operations of this client are waiting.', {
        retryAfterSeconds: 1,
      });
    await new Promise<void>((resolve) => waiting.push({ points, start: resolve }));
  }

  /** Frees the room of a finished operation and starts waiting ones, in their order. */
  #leave(client: string, lane: Lane, points: number): void {
    lane.running -= 1;
    lane.points -= points;
    for (let next = lane.waiting[0]; next && hasRoom(lane, next.points); next = lane.waiting[0]) {
      lane.waiting.shift();
      take(lane, next.points);
      next.start();
    }
    if (lane.running === 0) this.#lanes.delete(client);
  }
}

const hasRoom = (lane: Lane, points: number): boolean =>
  lane.running === 0 || (lane.running < maxRunningOperations && lane.points + points <= maxRunningPoints);

function take(lane: Lane, points: number): void {
  lane.running += 1;
  lane.points += points;
}
