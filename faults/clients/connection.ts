import type { Subscriber } from './subscriber.ts';

/** Keeps a subscriber connected until it is told to go offline. */
export interface Connection {
  readonly subscriber: Subscriber;
  online(): void;
  /** Drops the connection without a close frame, like a phone in a tunnel. */
  offline(): void;
  /** Terminates the socket, and reconnects. */
  cut(): void;
  /** Stops or resumes reading. */
  pause(paused: boolean): void;
}

export interface ConnectionOptions {
  readonly subscriber: Subscriber;
  /** URL to connect to; called for each connection. */
  readonly url: () => string;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Interval of pings, in milliseconds; a connection without an answer is considered dead. */
  readonly keepAliveMs: number;
  /** Access token of the client; absent: it is not signed in. */
  readonly token?: string | undefined;
}

const longestWaitMs = 1000;

/** Wait before a reconnection: random, with a growing upper bound. */
export function retryWait(retries: number, random: () => number): number {
  return random() * Math.min(longestWaitMs, 100 * 2 ** retries);
}
