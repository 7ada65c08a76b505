import type { Queryable } from '../../platform/db/database.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { selectSurplusLinks, surplusLinksSql } from './endorsement-link.queries.ts';

/**
 * Withdraws endorsements that are the second ones of their accounts: an account that has endorsed an article itself has proven an
 * address that had endorsed it by mail. Two nodes that withdraw one endorsement do what one would.
 */
export const surplusJob = (db: Queryable, withdraw: (hash: Buffer) => Promise<void>): Job => ({
  name: 'surplus endorsements',
  due: surplusLinksSql,
  everyMs: 2000,
  step: async (signal) => {
    for (const { hash } of await selectSurplusLinks(db)) {
      if (signal.aborted) break;
      await withdraw(hash);
    }
    return 'idle';
  },
});
