import DataLoader from 'dataloader';
import type { Queryable } from '../db/database.ts';
import type { LoadScope } from './context.ts';

/** Loads rows by a key that is in the row; undefined for a key without a row. */
export function rowLoader<Row, Key extends string | number = string>(
  select: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key | null,
): DataLoader<Key, Row | undefined> {
  return new DataLoader(async (keys) => {
    const byKey = new Map((await select(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(key));
  });
}

/** Declares a `rowLoader` of rows that are the same for all viewers. */
export const rowsBy =
  <Row, Key extends string | number>(
    select: (db: Queryable, keys: readonly Key[]) => Promise<readonly Row[]>,
    keyOf: (row: Row) => Key | null,
  ) =>
  ({ db }: Pick<LoadScope, 'db'>): DataLoader<Key, Row | undefined> =>
    rowLoader((keys) => select(db, keys), keyOf);

/** As `rowsBy`, by keys of several parts. @param keyText names a key */
export const rowsByKey =
  <Key, Row>(
    select: (db: Queryable, keys: readonly Key[]) => Promise<readonly Row[]>,
    keyText: (key: Key) => string,
    keyOf: (row: Row) => NoInfer<Key>,
  ) =>
  ({ db }: Pick<LoadScope, 'db'>): DataLoader<Key, Row | undefined, string> =>
    new DataLoader(
      async (keys) => {
        const byKey = new Map((await select(db, keys)).map((row) => [keyText(keyOf(row)), row]));
        return keys.map((key) => byKey.get(keyText(key)));
      },
      { cacheKeyFn: keyText },
    );
