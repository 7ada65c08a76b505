import { features } from '../src/app/features.ts';
import type { Queryable } from '../src/platform/db/database.ts';
import { columnOf } from '../src/platform/db/naming.ts';
import { countersOf, invariantsOf, keyedObjectsOf } from '../src/platform/feature/gather.ts';
import type { Invariants } from '../src/platform/feature/invariants.ts';

const keyed = Object.values(keyedObjectsOf(features));
const anyOf = (conditions: readonly string[]): string => `(${['false', ...conditions].join('\n  OR ')})`;

/** The key of an object that an event has made public is in that event. An object of another kind may have the same number. */
const announced = keyed.flatMap((object) => {
  const { isOwned, announcedBy } = object;
  if (announcedBy === undefined) return [];
  const others = keyed.filter((other) => other !== object).map((other) => other.isOwned);
  return [
    `SELECT format('key %s of account %s', i.key, i.account_id) AS violation FROM idempotency_key i
WHERE ${isOwned} AND NOT ${anyOf(others)}
  AND EXISTS (SELECT FROM article_event e
    WHERE e.article_id = i.article_id AND e.subject_id = i.result_id AND e.kind = '${announcedBy}')
  AND NOT EXISTS (SELECT FROM article_event e
    WHERE e.article_id = i.article_id AND e.subject_id = i.result_id AND e.idempotency_key = i.key)`,
  ];
});

/** All invariants: those that the features state, and those that follow from what else they declare. */
const statements: Invariants = {
  ...Object.fromEntries(
    Object.entries(countersOf(features)).map(([name, { recount }]) => [
      `the ${name} of an article equals a recount`,
      `SELECT format('article %s: stored %s, counted %s', article_id, stored, counted) AS violation
FROM (SELECT k.article_id, k.${columnOf(name)} AS stored, ${recount} AS counted FROM article_counter k) counts
WHERE stored IS DISTINCT FROM counted`,
    ]),
  ),
  'an idempotency key leads to one object of its own account': `
SELECT format('key %s of account %s', i.key, i.account_id) AS violation FROM idempotency_key i
WHERE NOT ${anyOf(keyed.map(({ isOwned }) => isOwned))}`,
  'the event that made an object public carries its idempotency key': announced.join('\nUNION ALL\n'),
  ...invariantsOf(features),
};

/** Checks all derived data against the rows. @throws Error with all violations */
export async function checkInvariants(db: Queryable): Promise<void> {
  const violations = await findViolations(db);
  if (violations.length > 0) throw new Error(violations.join('\n'));
}

/** @returns the violations, one sentence for each row; empty when all invariants hold */
export async function findViolations(db: Queryable): Promise<string[]> {
  const violations: string[] = [];
  for (const [rule, statement] of Object.entries(statements)) {
    const rows = await db.query<{ violation: string }>(statement);
    violations.push(...rows.map(({ violation }) => `${rule}: ${violation}`));
  }
  return violations;
}

/** The number of published comments below each comment, counted by walking from each of them up to its root. */
export async function recountDescendants(
  db: Queryable,
  articleId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ id: string; count: number }>(
    `WITH RECURSIVE up AS (
  SELECT parent_id AS id FROM comment WHERE article_id = $1 AND status = 'PUBLISHED' AND parent_id IS NOT NULL
  UNION ALL
  SELECT c.parent_id FROM up JOIN comment c ON c.article_id = $1 AND c.id = up.id WHERE c.parent_id IS NOT NULL
)
SELECT id::text AS id, count(*)::int AS count FROM up GROUP BY id`,
    [articleId],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}
