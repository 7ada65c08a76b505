import type { Queryable } from '../../../platform/db/database.ts';

/** A byline by its name. */
export interface NamedBylineRow {
  readonly id: string;
  readonly accountId: string | null;
  readonly name: string;
  /** `nameKeys` of the name; null until a node has stored them. */
  readonly nameKeys: readonly string[] | null;
}

const columns = `id::text AS id, account_id::text AS "accountId", name, name_keys AS "nameKeys"`;

/** Selects the names of all bylines. */
export function selectNamedBylines(db: Queryable): Promise<NamedBylineRow[]> {
  return db.query<NamedBylineRow>(`SELECT ${columns} FROM journalist`);
}

/** SQL of bylines whose keys are not stored; since when is not known. */
export const bylinesWithoutKeysSql = 'SELECT clock_timestamp() FROM journalist WHERE name_keys IS NULL';

/** Selects bylines whose keys are not stored, at most `limit`. */
export function selectBylinesWithoutKeys(db: Queryable, limit: number): Promise<NamedBylineRow[]> {
  return db.query<NamedBylineRow>(
    `SELECT ${columns} FROM journalist WHERE name_keys IS NULL ORDER BY id LIMIT $1`,
    [limit],
  );
}

/** Stores the keys of names that are still the same. */
export async function updateNameKeys(
  db: Queryable,
  bylines: readonly { readonly id: string; readonly name: string; readonly nameKeys: readonly string[] }[],
): Promise<void> {
  await db.query(
    `UPDATE journalist j SET name_keys = ARRAY(SELECT jsonb_array_elements_text(s.keys))
     FROM unnest($1::bigint[], $2::text[], $3::jsonb[]) AS s(id, name, keys)
     WHERE j.id = s.id AND j.name = s.name AND j.name_keys IS NULL`,
    [
      bylines.map(({ id }) => id),
      bylines.map(({ name }) => name),
      bylines.map(({ nameKeys }) => JSON.stringify(nameKeys)),
    ],
  );
}
