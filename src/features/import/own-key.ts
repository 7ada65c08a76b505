/*
 * Comments and endorsements that were written here have no import key. An export gives them a key made of values that
 * never change, so that an import into the same database recognises them, and another database treats the key like any
 * other.
 */

/** The key under which a comment or endorsement that was written here is exported. */
export function ownKey({ id, ordinal }: { id: string; ordinal: string }): string {
  return `standfirst.${id}.${BigInt(ordinal).toString(36)}`;
}

/** Rows by the key that a document uses for them: the key of their import, or else the key of their export. */
export function byKey<Row extends { id: string; ordinal: string; importKey: string | null }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> {
  const rowOf = new Map<string, Row>();
  for (const row of rows) if (row.importKey === null) rowOf.set(ownKey(row), row);
  for (const row of rows) if (row.importKey !== null) rowOf.set(row.importKey, row);
  return rowOf;
}
