import type { Database } from '../db/database.ts';
import type { Background } from '../feature/feature.ts';
import type { PictureFolder } from './picture-folder.ts';
import { deletePictureFile, lockPictureToDelete } from './picture.queries.ts';

/** How often a node looks for files to delete, in milliseconds. */
const intervalMs = 30_000;

export interface PictureWorkerOptions {
  readonly db: Pick<Database, 'transaction'>;
  readonly folder: PictureFolder;
  readonly onError: (error: unknown) => void;
  readonly intervalMs?: number;
}

/** Deletes files that no account shows any more. The file goes before its row, so that none is forgotten. Each node looks. */
export class PictureWorker implements Background {
  readonly #options: PictureWorkerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: PictureWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#wait();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Deletes all files that are due. */
  async run(): Promise<void> {
    const { db, folder, onError } = this.#options;
    try {
      while (!this.#isStopped) {
        const isDone = await db.transaction(async (tx) => {
          const name = await lockPictureToDelete(tx);
          if (name === undefined) return true;
          await folder.delete(name);
          await deletePictureFile(tx, name);
          return false;
        });
        if (isDone) return;
      }
    } catch (error) {
      onError(error);
    }
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.run().finally(() => {
        if (!this.#isStopped) this.#wait();
      });
    }, this.#options.intervalMs ?? intervalMs);
  }
}
