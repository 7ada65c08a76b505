import type { Queryable } from '../../../platform/db/database.ts';
import type { KeysetList, KeysetScan } from '../../../platform/db/keyset.ts';

/** SQL for the path length at the greatest depth that a list shows: eight bytes per level. */
const shownBytes = '8 * (s.max_depth + 1)';

/** SQL for the end of a comment's thread: no path element begins with this byte (see `ordinalOf`). */
const threadEnd = (path: string): string => `${path} || '\\xff'::bytea`;

/** SQL condition: a comment is below the one with the path `s.path`; all comments are below the empty path. */
export const isBelow = `x.path > s.path AND x.path < ${threadEnd('s.path')}`;

/**
 * Scans a thread down to `s.max_depth` and skips deeper comments: one index lookup per row, or two when scanning
 * backwards, however many comments are skipped. Skipping truncates paths; a comment that was ever replied to stays
 * listed, so the comment with the truncated path exists.
 */
export function scanShallow(list: KeysetList, { backward, from, inclusive, limit }: KeysetScan): string {
  const next = backward ? shallowBefore : shallowBehind;
  const columns = list.pageColumns.join(', ');
  return `WITH RECURSIVE walk AS (
    SELECT ${columns}, 1 AS rank FROM (${next(list, from?.[0], inclusive)}) nearest
    UNION ALL
    SELECT ${list.pageColumns.map((column) => `nearest.${column}`).join(', ')}, walk.rank + 1
    FROM walk CROSS JOIN LATERAL (${next(list, 'walk.path', false)}) nearest WHERE walk.rank < ${limit}
  ) SELECT ${columns}, rank FROM walk WHERE rank <= ${limit}`;
}

/**
 * SQL for the next comment after a position. After a comment at the greatest depth, that is the first one outside its
 * thread.
 */
function shallowBehind(list: KeysetList, from: string | undefined, inclusive: boolean): string {
  const jumpFrom = inclusive ? shownBytes : '8 * s.max_depth';
  const beyond =
    from &&
    `CASE WHEN octet_length(${from}) > ${jumpFrom} THEN ${threadEnd(`substring(${from} FROM 1 FOR ${shownBytes})`)} ELSE ${from} END`;
  return nearest(list, beyond && `x.path ${inclusive ? '>=' : '>'} ${beyond}`, 'ASC');
}

/** SQL for the last comment before a position, or, where that one is too deep, its ancestor at the greatest depth. */
function shallowBefore(list: KeysetList, from: string | undefined, inclusive: boolean): string {
  const anyDepth = { ...list, where: list.where.replace(withinDepth, ''), pageColumns: ['path'] };
  const last = nearest(anyDepth, from && `x.path ${inclusive ? '<=' : '<'} ${from}`, 'DESC');
  const shown = nearest(list, `x.path <= substring(l.path FROM 1 FOR ${shownBytes})`, 'DESC');
  return `SELECT n.* FROM (${last}) l CROSS JOIN LATERAL (${shown}) n`;
}

const nearest = (list: KeysetList, condition: string | undefined, way: 'ASC' | 'DESC'): string =>
  `SELECT ${list.pageColumns.map((column) => `x.${column}`).join(', ')} FROM ${list.table} x
      WHERE ${list.where}${condition === undefined ? '' : ` AND ${condition}`} ORDER BY x.path ${way} LIMIT 1`;

/** SQL condition of lists that show no comment deeper than `s.max_depth`. */
export const withinDepth = ' AND x.depth <= s.max_depth';

/** Number of published descendants of each comment, at any depth: one range of the path index for each comment. */
export function selectDescendantCounts(
  db: Queryable,
  comments: readonly { articleId: string; path: Buffer }[],
): Promise<{ n: number; count: number }[]> {
  return db.query(
    `SELECT s.n::int AS n, (SELECT count(*)::int FROM comment x
  WHERE x.article_id = s.article_id AND x.listed AND x.status = 'PUBLISHED' AND ${isBelow}) AS count
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bytea[])) WITH ORDINALITY AS s(article_id, path, n)`,
    [comments.map((comment) => comment.articleId), comments.map((comment) => comment.path)],
  );
}

/** The comments that a list shows: below a path (all of the article for the empty path) and down to a depth. */
export interface ThreadPart {
  readonly articleId: string;
  readonly path: Buffer;
  /** The greatest depth, counted from the article. */
  readonly maxDepth: number;
}

/** Number of comments and tombstones in each part: one range of the path index for each part. */
export function selectListedCounts(
  db: Queryable,
  parts: readonly ThreadPart[],
): Promise<{ n: number; count: number }[]> {
  return db.query(
    `SELECT s.n::int AS n, (SELECT count(*)::int FROM comment x
  WHERE x.article_id = s.article_id AND x.listed AND ${isBelow}${withinDepth}) AS count
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bytea[]), (SELECT $3::int[])) WITH ORDINALITY AS s(article_id, path, max_depth, n)`,
    [parts.map((part) => part.articleId), parts.map((part) => part.path), parts.map((part) => part.maxDepth)],
  );
}
