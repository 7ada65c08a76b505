import type { Queryable } from '../../../platform/db/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { nameKeys } from '../../../platform/text/name-keys.ts';
import { bylinesWithoutKeysSql, selectBylinesWithoutKeys, updateNameKeys } from './name-keys.queries.ts';

/** Bylines of one statement. */
const batch = 500;

/**
 * Stores the keys of bylines' names. Whatever inserts a byline or changes its name leaves the keys null: a command, an import, a
 * node of the previous version. Until they are stored, `nameMarks` computes them each time, so that nothing
 * depends on when this job runs but the cost. Two nodes that store the same keys do what one would.
 */
export const nameKeysJob = (db: Queryable): Job => ({
  name: 'name keys',
  due: bylinesWithoutKeysSql,
  everyMs: 10_000,
  step: async () => {
    const bylines = await selectBylinesWithoutKeys(db, batch);
    if (bylines.length === 0) return 'idle';
    await updateNameKeys(
      db,
      bylines.map(({ id, name }) => ({ id, name, nameKeys: nameKeys(name) })),
    );
    return bylines.length < batch ? 'idle' : 'more';
  },
});
