/** One item to hand to the application. */
export interface Work {
  /** A returned promise is awaited. */
  readonly act: () => unknown;
  readonly done: () => void;
}

export interface HandoverOptions {
  /** Called when the queue of a slow application is full. */
  readonly onFull: () => void;
  /** Called when a queue that was full has become empty. */
  readonly onDrained: () => void;
  /** Called when the application throws; `done` is not called for that item. */
  readonly onFailure: (cause: unknown) => void;
}

/** Capacity of the queue, in events. */
const maxWaiting = 1000;

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';

/** Hands items over in order and one at a time; synchronously, unless the application returns a promise. */
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
