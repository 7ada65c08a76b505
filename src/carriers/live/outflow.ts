/** Time for which a connection must be full until its client counts as not reading, in milliseconds. */
const blockedAfterMs = 1000;

/** The part of a stream that signals backpressure. */
interface Drainable {
  readonly writableNeedDrain: boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/** Accounts for bytes. @returns a function that releases them; undefined: there is no room for them */
type Hold = (bytes: number) => (() => void) | undefined;

/** Smaller payloads fit into any connection's own buffer, which is small enough to be left out of account. */
const largeBytes = 16 * 1024;

/** Backpressure of a connection, and the callbacks that wait for its end. */
export class Outflow {
  #waiting: (() => void)[] = [];
  #blockedSince: number | undefined;

  constructor(
    private readonly stream: Drainable,
    private readonly hold: Hold,
  ) {}

  get writable(): boolean {
    return !this.stream.writableNeedDrain;
  }

  onceWritable(callback: () => void): void {
    this.#waiting.push(callback);
    if (this.#blockedSince !== undefined) return;
    this.#blockedSince = performance.now();
    this.stream.once('drain', () => {
      this.#blockedSince = undefined;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    });
  }

  /**
   * Writes a payload, and accounts for its bytes until the connection has taken them.
   * @returns false if there is no room for them; then nothing was written
   */
  send(bytes: number, write: () => void): boolean {
    if (bytes < largeBytes) {
      write();
      return true;
    }
    const release = this.hold(bytes);
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
