import { findViolations } from '../../harness/invariants.ts';
import type { Queryable } from '../../src/platform/db/database.ts';

/**
 * What is wrong in a database with the demo. Its removed comments have no events, because they are older than their log,
 * and keep their texts, so that a moderator can restore them.
 */
export async function faultsOf(db: Queryable): Promise<string[]> {
  const faults = await findViolations(db);
  return faults.filter((fault) => !fault.endsWith('(REMOVED): 0 added, 0 removed'));
}
