import DataLoader from 'dataloader';

/** Loads rows by a key that is in the row; undefined for a key without a row. */
export function rowLoader<Row>(
  select: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string | null,
): DataLoader<string, Row | undefined> {
  return new DataLoader(async (keys) => {
    const byKey = new Map((await select(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(key));
  });
}
