import type { Queryable } from '../../../platform/db/database.ts';
import { RepeatedWork } from '../../../platform/feature/repeated-work.ts';
import type { ClaimService } from './claim.service.ts';
import { selectMoving } from './imported-author.queries.ts';

/** How often a node looks for claimed comments, in milliseconds. */
const intervalMs = 2_000;

export interface ClaimWorkerOptions {
  readonly db: Queryable;
  readonly claims: Pick<ClaimService, 'move' | 'finish'>;
  readonly onError: (error: unknown) => void;
}

/** Gives the comments of claimed authors to their accounts. Two nodes that move the same comments do what one would. */
export class ClaimWorker extends RepeatedWork {
  readonly #options: ClaimWorkerOptions;

  constructor(options: ClaimWorkerOptions) {
    super(intervalMs);
    this.#options = options;
  }

  /** Moves all that there are now. */
  async run(): Promise<void> {
    const { db, claims, onError } = this.#options;
    try {
      for (;;) {
        const moving = await selectMoving(db);
        if (moving.length === 0) return;
        for (const { id, articleId } of moving) {
          if (this.isStopped) return;
          if (articleId === null) await claims.finish(id);
          else await claims.move(id, articleId);
        }
      }
    } catch (error) {
      onError(error);
    }
  }
}
