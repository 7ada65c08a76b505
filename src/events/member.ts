import type { Viewer } from '../auth/viewer.ts';

/** How far a client that does not read may fall behind what happens. */
export interface TailLimits {
  readonly maxTailEvents: number;
  readonly maxTailBytes: number;
}

/** A subscriber as its group knows it. What it waits for is named by an object: whoever waits for another one by then ignores it. */
export interface Member {
  readonly viewer: Viewer | null;
  /** Where its client is. */
  readonly address: string;
  /** Sends what is due, unless it waits for something. */
  changed(): void;
  /** What it waits for is there, or, if it waits for nothing, what is due to it. */
  wake(awaited: object): void;
  /** What it waits for will not come. */
  fail(awaited: object): void;
  /** The event with this number is gone; it may wait for one behind it. */
  expire(sequence: number, awaited: object): void;
  /** Its viewer may no longer see the article. */
  withdraw(awaited: object, errors: readonly Error[]): void;
  /** Gives up a client that was up to date, has fallen too far behind, and does not read. */
  endIfStuck(limits: TailLimits): void;
}
