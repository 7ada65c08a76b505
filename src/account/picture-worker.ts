import type { Database } from '../db/database.ts';
import { RepeatedWork } from '../feature/repeated-work.ts';
import type { PictureStore } from './picture-store.ts';
import { deletePictureFile, lockPictureToDelete } from './picture.queries.ts';

/** How often a node looks for files to delete, in milliseconds. */
const intervalMs = 30_000;

export interface PictureWorkerOptions {
  readonly db: Pick<Database, 'transaction'>;
  readonly store: PictureStore;
  readonly onError: (error: unknown) => void;
  readonly intervalMs?: number;
}

/** Deletes files that no account shows any more. The file goes before its row, so that none is forgotten. Each node looks. */
export class PictureWorker extends RepeatedWork {
  readonly #options: PictureWorkerOptions;

  constructor(options: PictureWorkerOptions) {
    super(options.intervalMs ?? intervalMs);
    this.#options = options;
  }

  /** Deletes all files that are due. */
  async run(): Promise<void> {
    const { db, store, onError } = this.#options;
    try {
      while (!this.isStopped) {
        const isDone = await db.transaction(async (tx) => {
          const name = await lockPictureToDelete(tx);
          if (name === undefined) return true;
          await store.delete(name);
          await deletePictureFile(tx, name);
          return false;
        });
        if (isDone) return;
      }
    } catch (error) {
      onError(error);
    }
  }
}
