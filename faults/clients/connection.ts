import type { Subscriber } from './subscriber.ts';

/** What keeps a subscriber connected, for ever, until it is told to be offline. */
export interface Connection {
  readonly subscriber: Subscriber;
  online(): void;
  /** Goes away without a word, as a phone in a tunnel does. */
  offline(): void;
  /** Cuts its socket, and comes back. */
  cut(): void;
  /** Leaves what it is sent unread, or reads again. */
  pause(paused: boolean): void;
}

export interface ConnectionOptions {
  readonly subscriber: Subscriber;
  /** Where to connect to, each time anew. */
  readonly url: () => string;
  /** From 0 up to and without 1. */
  readonly random: () => number;
  /** How often it asks whether the service is still there, and for how long it waits for an answer. */
  readonly keepAliveMs: number;
}

const longestWaitMs = 1000;

/** How long to wait before coming back: at random within a time that grows. */
export function retryWait(retries: number, random: () => number): number {
  return random() * Math.min(longestWaitMs, 100 * 2 ** retries);
}
