import type { dataSizes } from '../data/size.ts';
import { phoneSlowdown } from './visit.ts';

/** What the reader does, and how much happens meanwhile. */
export interface BrowserSize {
  /** Comments that are loaded where a reader has read for long. */
  readonly loaded: number;
  readonly eventsPerSecond: number;
  /** How often each kind of input is made in a round. */
  readonly inputs: number;
  /** Of the processor: 1 is this machine's own. */
  readonly slowdowns: readonly number[];
  /** How long it may take to load all of the thread, in milliseconds. */
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
