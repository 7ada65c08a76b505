import type { Background } from './feature.ts';

/** Work that a node does at intervals. The next interval begins when the work is done. */
export abstract class RepeatedWork implements Background {
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Does all that there is to do now. Never rejects, and ends soon once `isStopped`. */
  abstract run(): Promise<void>;

  protected get isStopped(): boolean {
    return this.#isStopped;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.run().finally(() => {
        if (!this.#isStopped) this.start();
      });
    }, this.#intervalMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
