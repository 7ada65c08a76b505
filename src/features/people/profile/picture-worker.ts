import type { Queryable } from '../../../platform/db/database.ts';
import { RepeatedWork } from '../../../platform/feature/repeated-work.ts';
import type { PictureStore } from './picture-store.ts';
import { deletePictureFile, postponePictureFile, selectPictureToDelete } from './picture.queries.ts';

/** How often a node looks for files to delete, in milliseconds. */
const intervalMs = 30_000;

export interface PictureWorkerOptions {
  readonly db: Queryable;
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

  /** Deletes the files that are due, up to the first that can't be deleted. No connection waits for the store. */
  async run(): Promise<void> {
    const { db, onError } = this.#options;
    try {
      while (!this.isStopped) {
        const name = await selectPictureToDelete(db);
        if (name === undefined) return;
        await this.#delete(name);
      }
    } catch (error) {
      onError(error);
    }
  }

  /** Another node may do the same: what is gone already is deleted as well. */
  async #delete(name: string): Promise<void> {
    const { db, store } = this.#options;
    try {
      await store.delete(name);
    } catch (error) {
      await postponePictureFile(db, name);
      throw error;
    }
    await deletePictureFile(db, name);
  }
}
