import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { type Found, type KeysetRow, selectKeysetPage } from '../../../platform/db/keyset.ts';
import { Parameters } from '../../../platform/db/parameters.ts';

/** The position of a row among the rows of its account, such as the account's comments. */
export interface OwnRow extends KeysetRow {
  readonly id: string;
  readonly articleId: string;
  readonly ordinal: string;
}

/**
 * SQL for the rows of all accounts, a query in parentheses with the columns `article_id`, `id`, `ordinal` and
 * `account_id`.
 */
export type OwnRowsSql = (viewer: Viewer, parameters: Parameters) => string;

/** Selects a page of a viewer's own rows under articles, newest first. */
export function selectOwnPage(
  db: Queryable,
  viewer: Viewer,
  rowsSql: OwnRowsSql,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<OwnRow>> {
  return selectKeysetPage<OwnRow>(db, { scopes: [[viewer.accountId]], ...range }, (parameters) => ({
    list: {
      table: rowsSql(viewer, parameters),
      scope: { account_id: 'bigint' },
      where: 'x.account_id = s.account_id',
      // Rows under different articles may have the same ordinal.
      keys: ['ordinal', 'id'],
      descending: true,
      pageColumns: ['article_id', 'id', 'ordinal'],
    },
    columns: `page.article_id::text AS "articleId", page.id::text AS id,
  page.ordinal::text AS ordinal`,
  }));
}

/** Counts a viewer's own rows under articles. */
export async function selectOwnCount(db: Queryable, viewer: Viewer, rowsSql: OwnRowsSql): Promise<number> {
  const parameters = new Parameters([viewer.accountId]);
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${rowsSql(viewer, parameters)} x WHERE x.account_id = $1::bigint`,
    parameters.values,
  );
  return row?.count ?? 0;
}
