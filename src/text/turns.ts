/**
 * Long work in pieces, with turns of the event loop between: a generator yields wherever it can pause. What is under way
 * advances in turn, all together for no longer than `turnMs` at a time, so that others are served meanwhile.
 */

/** For how long all work together goes on before others have their turn, in milliseconds. */
const turnMs = 10;
/** For how long one piece of work goes on before the next one does. */
const shareMs = 2;

interface Work {
  /** Goes on until a moment, by `performance.now()`. @returns whether it is over */
  readonly goOn: (until: number) => boolean;
}

const waiting: Work[] = [];
let isScheduled = false;

function schedule(): void {
  if (isScheduled || waiting.length === 0) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    const end = performance.now() + turnMs;
    for (let now = performance.now(); now < end; now = performance.now()) {
      const work = waiting.shift();
      if (!work) break;
      if (!work.goOn(Math.min(end, now + shareMs))) waiting.push(work);
    }
    schedule();
  });
}

/** Does all of it now, for commands that serve nobody meanwhile. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Does it in pieces. What is short is done at once, unless others wait. */
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
    schedule();
  });
}
