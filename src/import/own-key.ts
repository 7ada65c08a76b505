/*
 * Comments and endorsements that were written here came with no key. An export gives them one that is made of what
 * never changes, so that the same database knows them again and another one takes it for a key like any other.
 */

/** The key under which something that was written here is exported. */
export function ownKey({ id, ordinal }: { id: string; ordinal: string }): string {
  return `standfirst.${id}.${BigInt(ordinal).toString(36)}`;
}

/** Finds what a document's key means here: first by the key it was imported under, then by the one it is exported under. */
export function byKey<Row extends { id: string; ordinal: string; importKey: string | null }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> {
  const own = rows.filter((row) => row.importKey === null).map((row) => [ownKey(row), row] as const);
  const imported = rows.flatMap((row) => (row.importKey === null ? [] : [[row.importKey, row] as const]));
  return new Map([...own, ...imported]);
}
