/**
 * Cooperative scheduling of long computations: a generator yields wherever it can pause. The pending computations
 * advance round-robin, so that requests are served in between.
 */
import { goOnLater, type Strand } from './event-loop.ts';

/** Longest time that one computation takes before the next one continues, in milliseconds. */
const shareMs = 2;

interface Work {
  /** Continues until a time, by `performance.now()`. @returns whether the computation is finished */
  readonly goOn: (until: number) => boolean;
}

const waiting: Work[] = [];

const strand: Strand = {
  sliceMs: 10,
  goOn: (until) => {
    do {
      const work = waiting.shift();
      if (!work) return false;
      if (!work.goOn(Math.min(until, performance.now() + shareMs))) waiting.push(work);
    } while (performance.now() < until);
    return waiting.length > 0;
  },
};

/** Runs all steps now, for commands that serve no requests meanwhile. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs the steps in turns of the event loop. A short computation finishes at once, unless others are pending. */
export function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const work: Work = {
      goOn: (until) => {
        try {
          do {
            const step = steps.next();
            if (step.done) {
              resolve(step.value);
              return true;
            }
          } while (performance.now() < until);
          return false;
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return true;
        }
      },
    };
    if (waiting.length === 0 && work.goOn(performance.now() + shareMs)) return;
    waiting.push(work);
    goOnLater(strand);
  });
}
