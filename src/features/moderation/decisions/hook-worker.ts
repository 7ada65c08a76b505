import { RepeatedWork } from '../../../platform/feature/repeated-work.ts';
import type { HookDeadlines } from './hook-deadlines.ts';

export interface HookWorkerOptions {
  readonly deadlines: Pick<HookDeadlines, 'next'>;
  /** Time between two looks, in milliseconds. */
  readonly intervalMs: number;
  /** What failed is tried again. */
  readonly onError: (error: unknown) => void;
}

/** Looks for texts about which the hook has not decided in time. Any number of nodes may. */
export class HookWorker extends RepeatedWork {
  readonly #options: HookWorkerOptions;

  constructor(options: HookWorkerOptions) {
    super(options.intervalMs);
    this.#options = options;
  }

  async run(): Promise<void> {
    try {
      let hasMore = true;
      while (hasMore && !this.isStopped) hasMore = await this.#options.deadlines.next();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
