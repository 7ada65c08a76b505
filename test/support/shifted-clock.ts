import type { Clock } from '../../src/platform/time/clock.ts';

/** A clock that goes as fast as the system's, and may be put forward. */
export class ShiftedClock implements Clock {
  #shiftMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#shiftMs);
  }

  advance(seconds: number): void {
    this.#shiftMs += seconds * 1000;
  }

  reset(): void {
    this.#shiftMs = 0;
  }
}
