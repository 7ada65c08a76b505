import { RepeatedWork } from '../../../platform/feature/repeated-work.ts';
import type { RemovalBatches } from './removal-batches.ts';

export interface RemovalWorkerOptions {
  readonly batches: Pick<RemovalBatches, 'next'>;
  /** Time between two looks for work, in milliseconds. */
  readonly intervalMs: number;
  /** What failed is tried again. */
  readonly onError: (error: unknown) => void;
}

/** Carries out removals that moderators have decided on. Any number of nodes may. */
export class RemovalWorker extends RepeatedWork {
  readonly #options: RemovalWorkerOptions;

  constructor(options: RemovalWorkerOptions) {
    super(options.intervalMs);
    this.#options = options;
  }

  async run(): Promise<void> {
    try {
      let hasMore = true;
      while (hasMore && !this.isStopped) hasMore = await this.#options.batches.next();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
