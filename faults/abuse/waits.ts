import { readMainThread } from './main-thread.ts';

/** Waits of one kind since they were looked at last, in milliseconds. */
export class Waits {
  readonly #pid: () => number;
  #worst = 0;
  #failed = 0;
  readonly #open = new Set<() => number>();

  /** @param pid the server that is waited for: time for which other processes kept it from running is none of its own */
  constructor(pid: () => number) {
    this.#pid = pid;
  }

  /** @returns ends the wait; with false it failed */
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
      // One that began before is none of the next attack's.
      if (!this.#open.delete(sinceThen)) return;
      this.#worst = Math.max(this.#worst, sinceThen());
      if (!succeeded) this.#failed += 1;
    };
  }

  /** Forgets everything, also what is still waited for. */
  forget(): void {
    this.#open.clear();
    [this.#worst, this.#failed] = [0, 0];
  }

  /** Also what is still waited for, as far as it is. */
  take(): { readonly worst: number; readonly failed: number } {
    const taken = {
      worst: Math.max(this.#worst, ...[...this.#open].map((soFar) => soFar())),
      failed: this.#failed,
    };
    this.forget();
    return taken;
  }
}
