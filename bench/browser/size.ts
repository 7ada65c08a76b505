import type { dataSizes } from '../../harness/data/size.ts';
import { phoneSlowdown } from './visit.ts';

/** The reader's actions, and the rate of events meanwhile. */
export interface BrowserSize {
  /** Number of loaded comments after long reading. */
  readonly loaded: number;
  readonly eventsPerSecond: number;
  /** Number of inputs of each kind in a round. */
  readonly inputs: number;
  /** CPU throttling factors; 1 is the machine's own speed. */
  readonly slowdowns: readonly number[];
  /** Time limit for loading the whole thread, in milliseconds. */
  readonly wholeWithinMs: number;
}

export const browserSizes: Readonly<Record<keyof typeof dataSizes, BrowserSize>> = {
  full: {
    loaded: 2000,
    eventsPerSecond: 20,
    inputs: 4,
    slowdowns: [1, phoneSlowdown],
    wholeWithinMs: 180_000,
  },
  small: { loaded: 100, eventsPerSecond: 20, inputs: 1, slowdowns: [1], wholeWithinMs: 1000 },
};
