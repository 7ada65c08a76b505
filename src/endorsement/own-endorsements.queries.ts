import { visibleArticleSql } from '../article/article.queries.ts';
import type { Viewer } from '../auth/viewer.ts';
import {
  byList,
  firstCursorParameter,
  type Found,
  type KeysetList,
  keysetColumns,
  keysetPages,
  type KeysetRow,
} from '../db/keyset.ts';
import type { Queryable } from '../db/database.ts';
import { Parameters } from '../db/parameters.ts';

/** The place of an endorsement among those of one account. */
export interface OwnEndorsementRow extends KeysetRow {
  readonly id: string;
  readonly articleId: string;
  readonly ordinal: string;
}

/** A viewer's own endorsements that they have not withdrawn, of articles that they see. */
function ownEndorsements(viewer: Viewer, parameters: Parameters): string {
  return `(SELECT e.article_id, e.id, e.ordinal, e.account_id
  FROM endorsement e JOIN article a ON a.id = e.article_id
  WHERE e.withdrawn_at IS NULL AND ${visibleArticleSql('a', viewer, parameters)})`;
}

/** A page of a viewer's own endorsements, newest first. */
export async function selectOwnEndorsementPage(
  db: Queryable,
  viewer: Viewer,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<OwnEndorsementRow>> {
  const parameters = new Parameters([[viewer.accountId], range.limit + 1, ...(range.cursor ?? [])]);
  const list: KeysetList = {
    table: ownEndorsements(viewer, parameters),
    scope: { account_id: 'bigint' },
    where: 'x.account_id = s.account_id',
    // Two articles may have an endorsement of the same ordinal.
    keys: ['ordinal', 'id'],
    descending: true,
    pageColumns: ['article_id', 'id', 'ordinal'],
  };
  const first = firstCursorParameter(list);
  const { from, behind } = keysetPages(list, {
    backward: range.backward,
    cursor: range.cursor && [`$${first}::bigint`, `$${first + 1}::bigint`],
  });
  const rows = await db.query<OwnEndorsementRow>(
    `SELECT ${keysetColumns(behind)}, page.article_id::text AS "articleId", page.id::text AS id,
  page.ordinal::text AS ordinal
FROM ${from}`,
    parameters.values,
  );
  const [found] = byList(rows, 1);
  return found ?? { rows: [], behind: false };
}

/** How long the whole list is. */
export async function selectOwnEndorsementCount(db: Queryable, viewer: Viewer): Promise<number> {
  const parameters = new Parameters([viewer.accountId]);
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${ownEndorsements(viewer, parameters)} x WHERE x.account_id = $1::bigint`,
    parameters.values,
  );
  return row?.count ?? 0;
}
