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
import type { CommentStatus } from './comment.policy.ts';

/** The place of a comment among its author's own. */
export interface OwnCommentRow extends KeysetRow {
  readonly id: string;
  readonly articleId: string;
  readonly ordinal: string;
}

/** A viewer's own comments in these states, under articles that they see. One that vanished is gone for them as well. */
function ownComments(viewer: Viewer, statuses: readonly CommentStatus[], parameters: Parameters): string {
  return `(SELECT c.article_id, c.id, c.ordinal, c.account_id
  FROM comment c JOIN article a ON a.id = c.article_id
  WHERE c.status = ANY(${parameters.add(statuses)}::text[]) AND (c.listed OR c.status <> 'REMOVED')
    AND ${visibleArticleSql('a', viewer, parameters)})`;
}

/** A page of a viewer's own comments, newest first. */
export async function selectOwnCommentPage(
  db: Queryable,
  viewer: Viewer,
  statuses: readonly CommentStatus[],
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<OwnCommentRow>> {
  const parameters = new Parameters([[viewer.accountId], range.limit + 1, ...(range.cursor ?? [])]);
  const list: KeysetList = {
    table: ownComments(viewer, statuses, parameters),
    scope: { account_id: 'bigint' },
    where: 'x.account_id = s.account_id',
    // Two articles may have a comment of the same ordinal.
    keys: ['ordinal', 'id'],
    descending: true,
    pageColumns: ['article_id', 'id', 'ordinal'],
  };
  const first = firstCursorParameter(list);
  const { from, behind } = keysetPages(list, {
    backward: range.backward,
    cursor: range.cursor && [`$${first}::bigint`, `$${first + 1}::bigint`],
  });
  const rows = await db.query<OwnCommentRow>(
    `SELECT ${keysetColumns(behind)}, page.article_id::text AS "articleId", page.id::text AS id,
  page.ordinal::text AS ordinal
FROM ${from}`,
    parameters.values,
  );
  const [found] = byList(rows, 1);
  return found ?? { rows: [], behind: false };
}

/** How long the whole list is. */
export async function selectOwnCommentCount(
  db: Queryable,
  viewer: Viewer,
  statuses: readonly CommentStatus[],
): Promise<number> {
  const parameters = new Parameters([viewer.accountId]);
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${ownComments(viewer, statuses, parameters)} x WHERE x.account_id = $1::bigint`,
    parameters.values,
  );
  return row?.count ?? 0;
}
