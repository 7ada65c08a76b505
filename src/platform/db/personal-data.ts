import type { Queryable } from './database.ts';

/** One kind of rows that belong to an account, such as its comments. */
export interface PersonalData {
  /** The member of the exported document: `comments`. */
  readonly name: string;
  /**
   * Selects one page of the rows, with all of their data that the account may know.
   * @param after the `key` of the last row of the page before; undefined: the first page
   * @param limit the most rows of a page; fewer are the last page
   */
  readonly select: (
    db: Queryable,
    accountId: string,
    page: { readonly after: string | undefined; readonly limit: number },
  ) => Promise<readonly PersonalRow[]>;
}

/** A row of an export. */
export interface PersonalRow {
  /** Position of the row among those of its kind. */
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Rows of one kind, each page selected by one statement.
 * @param sql answers with `PersonalRow`s in the order of their keys. $1 is the account, $2 the key before the page, $3 the most rows
 * @param first $2 of the first page
 */
export const personalData = (name: string, sql: string, first: string | null = null): PersonalData => ({
  name,
  select: (db, accountId, { after = first, limit }) => db.query(sql, [accountId, after, limit]),
});
