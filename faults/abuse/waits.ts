import { readMainThread } from './main-thread.ts';

/** Waits of one kind since the last `take`, in milliseconds. */
export class Waits {
  readonly #pid: () => number;
  #worst = 0;
  #failed = 0;
  readonly #open = new Set<() => number>();

  /** @param pid of the server: time in which its main thread was ready but not scheduled is subtracted */
  constructor(pid: () => number) {
    this.#pid = pid;
  }

  /** @returns a function that ends the wait; false: the request failed */
  begin(): (succeeded: boolean) => void {
    const begun = performance.now();
    const pid = this.#pid();
    const before = readMainThread(pid)?.waited;
    const sinceThen = (): number => {
      const waited = readMainThread(pid)?.waited;
      const lost = before === undefined || waited === undefined ? 0 : waited - before;
      return Math.max(0, performance.now() - begun - lost);
    };
    this.#open.add(sinceThen);
    return (succeeded) => {
      // A wait that began before `forget` does not count for the next attack.
      if (!this.#open.delete(sinceThen)) return;
      this.#worst = Math.max(this.#worst, sinceThen());
      if (!succeeded) this.#failed += 1;
    };
  }

  /** Discards all waits, including those under way. */
  forget(): void {
    this.#open.clear();
    [this.#worst, this.#failed] = [0, 0];
  }

  /** Includes the waits under way, with their duration so far. */
  take(): { readonly worst: number; readonly failed: number } {
    const taken = {
      worst: Math.max(this.#worst, ...[...this.#open].map((soFar) => soFar())),
      failed: this.#failed,
    };
    this.forget();
    return taken;
  }
}
