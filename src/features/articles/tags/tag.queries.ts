import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPage,
} from '../../../platform/db/keyset.ts';
import type { Queryable } from '../../../platform/db/database.ts';

/** A tag that at least one published article has; other tags are not visible to anyone. */
export interface TagRow {
  readonly id: string;
  readonly name: string;
}

export interface ListedTagRow extends TagRow, KeysetRow {
  readonly id: string;
  /** The number of published articles with the tag, negated so that the most used tag sorts first. */
  readonly usage: string;
}

const isUsed = `EXISTS (SELECT FROM article_tag u JOIN article a ON a.id = u.article_id
    WHERE u.tag_id = tag.id AND a.status = 'PUBLISHED')`;

export function selectTags(db: Queryable, ids: readonly string[]): Promise<TagRow[]> {
  return db.query<TagRow>(
    `SELECT id::text AS id, name FROM tag WHERE id = ANY((SELECT $1::bigint[])::bigint[])
  AND ${isUsed}`,
    [ids],
  );
}

/** @param names normalised names */
export function selectTagsByName(db: Queryable, names: readonly string[]): Promise<TagRow[]> {
  return db.query<TagRow>(
    `SELECT id::text AS id, name FROM tag WHERE name = ANY((SELECT $1::text[])::text[])
  AND ${isUsed}`,
    [names],
  );
}

/** Numbers of published articles with these tags. */
export function selectTagCounts(
  db: Queryable,
  ids: readonly string[],
): Promise<{ id: string; count: number }[]> {
  return db.query(
    `SELECT u.tag_id::text AS id, count(*)::int AS count
FROM article_tag u JOIN article a ON a.id = u.article_id
WHERE a.status = 'PUBLISHED' AND u.tag_id = ANY((SELECT $1::bigint[])::bigint[]) GROUP BY u.tag_id`,
    [ids],
  );
}

/** The number of tags that published articles have. */
export async function selectTagTotal(db: Queryable): Promise<number> {
  const [row] = await db.query<{ count: number }>(`SELECT count(*)::int AS count FROM tag WHERE ${isUsed}`);
  return row?.count ?? 0;
}

// Names are unique, so pairs of usage and name are unique too.
const list: KeysetList = {
  table: 'used',
  scope: { nobody: 'bigint' },
  where: 'true',
  keys: ['usage', 'name'],
  descending: false,
  pageColumns: ['id', 'usage', 'name'],
  isSorted: true,
};

/**
 * Selects a page of the tags in use, the most used first, and equally used ones by name. A cursor contains the usage
 * and the tag's id, because a name may be long.
 */
export function selectTagPage(
  db: Queryable,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedTagRow>> {
  return selectKeysetPage<ListedTagRow>(db, { scopes: [[null]], ...range }, () => ({
    list,
    // A cursor with the id of a tag that no published article has must not reveal where the tag's name would be sorted.
    cursorSql: (at) => [`${at(0)}::bigint`, `(SELECT name FROM used WHERE id = ${at(1)}::bigint)`],
    with: `WITH used AS MATERIALIZED (
  SELECT t.id, t.name, c.usage FROM tag t JOIN (
    SELECT u.tag_id, -count(*) AS usage FROM article_tag u JOIN article a ON a.id = u.article_id
    WHERE a.status = 'PUBLISHED' GROUP BY u.tag_id
  ) c ON c.tag_id = t.id
)
`,
    columns: 'page.id::text AS id, page.name, page.usage::text AS usage',
  }));
}
