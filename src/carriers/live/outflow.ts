/** How long a connection may take nothing before its client counts as not reading, in milliseconds. */
const blockedAfterMs = 1000;

/** What of a stream tells whether it takes more. */
interface Drainable {
  readonly writableNeedDrain: boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/** Takes bytes into account. @returns gives them back; undefined: there is no room for them */
type Hold = (bytes: number) => (() => void) | undefined;

/** What is smaller than that fits into any connection's own buffer, which is small enough to be left out of account. */
const largeBytes = 16 * 1024;

/** Whether a connection takes more, and who waits for that. */
export class Outflow {
  readonly #stream: Drainable;
  readonly #hold: Hold;
  #waiting: (() => void)[] = [];
  #blockedSince: number | undefined;

  constructor(stream: Drainable, hold: Hold) {
    this.#stream = stream;
    this.#hold = hold;
  }

  get writable(): boolean {
    return !this.#stream.writableNeedDrain;
  }

  onceWritable(callback: () => void): void {
    this.#waiting.push(callback);
    if (this.#blockedSince !== undefined) return;
    this.#blockedSince = performance.now();
    this.#stream.once('drain', () => {
      this.#blockedSince = undefined;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    });
  }

  /**
   * Writes something, and takes it into account until the connection has taken it.
   * @returns false: there is no room for it, and it was not written
   */
  send(bytes: number, write: () => void): boolean {
    if (bytes < largeBytes) {
      write();
      return true;
    }
    const release = this.#hold(bytes);
    if (!release) return false;
    write();
    if (this.writable) release();
    else this.onceWritable(release);
    return true;
  }

  isBlocked(): boolean {
    return this.#blockedSince !== undefined && performance.now() - this.#blockedSince > blockedAfterMs;
  }
}
