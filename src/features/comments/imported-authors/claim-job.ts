import type { Queryable } from '../../../platform/db/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import type { ClaimService } from './claim.service.ts';
import { movingSql, selectMoving } from './imported-author.queries.ts';

/** Gives the comments of claimed authors to their accounts. Two nodes that move the same comments do what one would. */
export const claimJob = (db: Queryable, claims: Pick<ClaimService, 'move' | 'finish'>): Job => ({
  name: 'claims',
  due: movingSql,
  everyMs: 2000,
  step: async (signal) => {
    const moving = await selectMoving(db);
    for (const { id, articleId } of moving) {
      if (signal.aborted) return 'idle';
      if (articleId === null) await claims.finish(id);
      else await claims.move(id, articleId);
    }
    return moving.length === 0 ? 'idle' : 'more';
  },
});
