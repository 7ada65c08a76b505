import type { Viewer } from '../auth/viewer.ts';

/** How far a client that does not read may fall behind the head. */
export interface TailLimits {
  readonly maxTailEvents: number;
  readonly maxTailBytes: number;
}

/**
 * A subscriber as its group knows it. Each thing that a subscriber waits for is identified by an object; a call with an
 * object that it no longer waits for is ignored.
 */
export interface Member {
  readonly viewer: Viewer | null;
  /** The client's address. */
  readonly address: string;
  /** Sends what is due, unless the subscriber is waiting. */
  changed(): void;
  /** The awaited rendering exists; a subscriber that does not wait sends what is due. */
  wake(awaited: object): void;
  /** The awaited rendering will not exist. */
  fail(awaited: object): void;
  /** The event with this number was pruned; the subscriber may wait for one behind it. */
  expire(sequence: number, awaited: object): void;
  /** The viewer may no longer see the article. */
  withdraw(awaited: object, errors: readonly Error[]): void;
  /** Closes the connection of a client that was up to date, has fallen too far behind, and does not read. */
  endIfStuck(limits: TailLimits): void;
}
