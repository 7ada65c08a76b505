import type { Queryable } from '../../../platform/db/database.ts';
import { RepeatedWork } from '../../../platform/feature/repeated-work.ts';
import { nameKeys } from '../../../platform/text/name-keys.ts';
import { selectBylinesWithoutKeys, updateNameKeys } from './name-keys.queries.ts';

/** How often a node looks for bylines without keys, in milliseconds. */
const intervalMs = 10_000;

/** Bylines of one statement. */
const batch = 500;

export interface NameKeysWorkerOptions {
  readonly db: Queryable;
  readonly onError: (error: unknown) => void;
  readonly intervalMs?: number;
}

/**
 * Stores the keys of bylines' names. Whatever inserts a byline or changes its name leaves the keys null: a command, an import, a
 * node of the previous version. Until they are stored, `nameMarks` computes them each time, so that nothing
 * depends on when this worker runs but the cost. Each node looks; two that store the same keys do what one would.
 */
export class NameKeysWorker extends RepeatedWork {
  readonly #options: NameKeysWorkerOptions;

  constructor(options: NameKeysWorkerOptions) {
    super(options.intervalMs ?? intervalMs);
    this.#options = options;
  }

  /** Stores the keys of all bylines that have none. */
  async run(): Promise<void> {
    const { db, onError } = this.#options;
    try {
      for (;;) {
        const bylines = await selectBylinesWithoutKeys(db, batch);
        if (bylines.length === 0 || this.isStopped) return;
        await updateNameKeys(
          db,
          bylines.map(({ id, name }) => ({ id, name, nameKeys: nameKeys(name) })),
        );
        if (bylines.length < batch) return;
      }
    } catch (error) {
      onError(error);
    }
  }
}
