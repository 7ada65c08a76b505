import type { Queryable } from '../db/database.ts';
import type { BasisRecorder } from './request-clock.ts';

/** Whether what a statement finds depends on when it runs: on `clock_timestamp()`, `statement_timestamp()` or `now()`. */
export const readsTime = (statement: string): boolean =>
  statement.includes('_timestamp()') || statement.includes('now()');

/**
 * The database for an answer that may be kept. No clock of the site tells that time has passed, so an answer for which a statement
 * reads the time is not kept.
 */
export const notingTime = (db: Queryable, recorder: BasisRecorder): Queryable => ({
  query(statement, values) {
    if (readsTime(statement)) recorder.addPassing();
    return db.query(statement, values);
  },
});
