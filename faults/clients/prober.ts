import { setTimeout as sleep } from 'node:timers/promises';

/** A kind of request that is sent repeatedly. */
export interface Probe {
  /** Sends one request. @returns the fault of the answer; undefined: none */
  readonly send: (signal: AbortSignal) => Promise<string | undefined>;
  readonly everyMs: number;
}

/** Longest wait for an answer, in milliseconds. */
const patienceMs = 10_000;

/** Sends one kind of request at a fixed rate, whatever the state of earlier ones, and records the durations. */
export class Prober {
  readonly failures = new Set<string>();
  failed = 0;
  sent = 0;
  /** Longest time from a request to its answer, in milliseconds. */
  slowest = 0;
  readonly #stop = new AbortController();
  readonly #open = new Set<Promise<void>>();
  readonly #running: Promise<void>;

  constructor(probe: Probe) {
    this.#running = this.#run(probe);
  }

  /** Stops sending, and waits for the outstanding answers. */
  async finish(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await Promise.all(this.#open);
  }

  async #run({ send, everyMs }: Probe): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const one = this.#send(send).finally(() => this.#open.delete(one));
      this.#open.add(one);
      await sleep(everyMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #send(send: Probe['send']): Promise<void> {
    this.sent += 1;
    const begun = performance.now();
    const failure = await send(AbortSignal.timeout(patienceMs)).catch((error: unknown) => String(error));
    this.slowest = Math.max(this.slowest, performance.now() - begun);
    if (failure === undefined) return;
    this.failed += 1;
    this.failures.add(failure);
  }
}
