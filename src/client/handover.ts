/** One thing to hand to the application. */
export interface Work {
  /** What it returns is waited for. */
  readonly act: () => unknown;
  readonly done: () => void;
}

export interface HandoverOptions {
  /** As many wait for a slow application as may. */
  readonly onFull: () => void;
  /** All of them are done. */
  readonly onDrained: () => void;
  /** The application threw; its work is not done. */
  readonly onFailure: (cause: unknown) => void;
}

/** How many events may wait. */
const maxWaiting = 1000;

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';

/** Hands things over in order and one at a time; at once, as long as the application does not ask to be waited for. */
export class Handover {
  readonly #options: HandoverOptions;
  readonly #waiting: Work[] = [];
  #isHanding = false;
  #wasFull = false;

  constructor(options: HandoverOptions) {
    this.#options = options;
  }

  add(work: Work): void {
    this.#waiting.push(work);
    if (!this.#isHanding) return this.#hand();
    if (this.#waiting.length < maxWaiting || this.#wasFull) return;
    this.#wasFull = true;
    this.#options.onFull();
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  #hand(): void {
    this.#isHanding = true;
    for (let work = this.#waiting[0]; work; work = this.#waiting[0]) {
      let result: unknown;
      try {
        result = work.act();
      } catch (cause) {
        return this.#options.onFailure(cause);
      }
      if (isThenable(result)) return this.#handLater(work, result);
      this.#handed(work);
    }
    this.#isHanding = false;
    if (!this.#wasFull) return;
    this.#wasFull = false;
    this.#options.onDrained();
  }

  #handLater(work: Work, result: PromiseLike<unknown>): void {
    result.then(
      () => {
        this.#handed(work);
        this.#hand();
      },
      (cause: unknown) => this.#options.onFailure(cause),
    );
  }

  #handed(work: Work): void {
    this.#waiting.shift();
    work.done();
  }
}
