import type { Viewer } from '../../../platform/auth/viewer.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { timeOf } from '../../../platform/db/sort-time.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import type { ArticleStatus } from './article.policy.ts';
import {
  type ArticleExtent,
  articleJoins,
  type ArticleRow,
  listedColumns,
  type ShortArticleRow,
  visibleArticleSql,
} from './article.queries.ts';

/** An article in a list, with the sort key beside its id. */
export type ListedArticleRow = (ShortArticleRow | ArticleRow) &
  KeysetRow & {
    readonly id: string;
    /** Microseconds since 1970, or a count, depending on the order. */
    readonly sortKey: string;
  };

export type ArticleOrder =
  'NEWEST' | 'OLDEST' | 'RECENTLY_UPDATED' | 'RECENTLY_ACTIVE' | 'MOST_DISCUSSED' | 'MOST_ENDORSED';

/**
 * Conditions that restrict a list. Keys are decimal; names are normalised; `…After` includes the given time, `…Before`
 * excludes it.
 */
export interface ArticleConditions {
  readonly journalistIds?: readonly string[];
  readonly tagNames?: readonly string[];
  readonly publishedAfter?: Date;
  readonly publishedBefore?: Date;
  readonly updatedAfter?: Date;
  readonly activeAfter?: Date;
  readonly statuses: readonly ArticleStatus[];
}

/** The owner of a list; its scope is null for everybody, or the key of a journalist or a tag. */
export type ArticleOwner = 'everybody' | 'journalist' | 'tag';

/** Properties of a list other than its scope. */
export interface ArticleListVariant {
  readonly of: ArticleOwner;
  readonly order: ArticleOrder;
  readonly conditions: ArticleConditions;
  readonly extent: ArticleExtent;
}

const owners: Readonly<Record<ArticleOwner, { column: string; join: string; where: string }>> = {
  everybody: { column: '', join: '', where: '' },
  journalist: { column: '', join: '', where: ' AND x.journalist_id = s.owner_id' },
  tag: {
    column: ', u.tag_id',
    join: ' JOIN article_tag u ON u.article_id = a.id',
    where: ' AND x.tag_id = s.owner_id',
  },
};

const isPublishedOnly = ({ statuses }: ArticleConditions): boolean =>
  statuses.length === 1 && statuses[0] === 'PUBLISHED';

/**
 * Drafts are sorted by their creation time. In a list of published articles only, the sort key is the plain column,
 * because the index is on that column.
 */
const publishedKey = (conditions: ArticleConditions): string =>
  isPublishedOnly(conditions) ? 'a.published_at' : 'coalesce(a.published_at, a.created_at)';

type SortedList = Omit<ArticleListVariant, 'extent'>;

interface SortKey {
  readonly sql: string;
  readonly isTime: boolean;
}

function sortKeyOf({ order, conditions }: SortedList): SortKey {
  switch (order) {
    case 'NEWEST':
    case 'OLDEST':
      return { sql: publishedKey(conditions), isTime: true };
    case 'RECENTLY_UPDATED':
      return { sql: 'a.updated_at', isTime: true };
    case 'RECENTLY_ACTIVE':
      return { sql: 'c.last_event_at', isTime: true };
    case 'MOST_DISCUSSED':
      return { sql: 'c.comment_count', isTime: false };
    case 'MOST_ENDORSED':
      return { sql: 'c.endorsement_count', isTime: false };
  }
}

/** The list, with its articles in a subquery that PostgreSQL flattens, so that the indexes of the tables are used. */
function listOf(variant: SortedList, sortKey: SortKey): KeysetList {
  const { of, order, conditions } = variant;
  const { column, join, where } = owners[of];
  const isSorted = sortKey.sql.startsWith('c.');
  const counted = isSorted || conditions.activeAfter !== undefined;
  const counter = counted ? ' JOIN article_counter c ON c.article_id = a.id' : '';
  const columns = `a.id, a.journalist_id, a.status, a.published_at, a.updated_at${counted ? ', c.last_event_at' : ''}`;
  return {
    table: `(SELECT ${columns}, ${sortKey.sql} AS sort_key${column} FROM article a${counter}${join})`,
    scope: { owner_id: 'bigint' },
    where: `true${where}`,
    keys: ['sort_key', 'id'],
    descending: order !== 'OLDEST',
    pageColumns: ['id', 'sort_key'],
    isSorted,
  };
}

function whereOf(conditions: ArticleConditions, viewer: Viewer | null, parameters: Parameters): string {
  const { journalistIds, tagNames, publishedAfter, publishedBefore, updatedAfter, activeAfter, statuses } =
    conditions;
  // A literal instead of a parameter where possible, to match the predicates of the partial indexes.
  const where = isPublishedOnly(conditions)
    ? [`x.status = 'PUBLISHED'`]
    : [`x.status = ANY(${parameters.add(statuses)}::text[])`, visibleArticleSql('x', viewer, parameters)];
  if (journalistIds) where.push(`x.journalist_id = ANY(${parameters.add(journalistIds)}::bigint[])`);
  if (tagNames) {
    where.push(`EXISTS (SELECT FROM article_tag v JOIN tag t ON t.id = v.tag_id
    WHERE v.article_id = x.id AND t.name = ANY(${parameters.add(tagNames)}::text[]))`);
  }
  const times = [
    ['x.published_at >=', publishedAfter],
    ['x.published_at <', publishedBefore],
    ['x.updated_at >=', updatedAfter],
    ['x.last_event_at >=', activeAfter],
  ] as const;
  for (const [comparison, time] of times)
    if (time) where.push(`${comparison} ${parameters.add(time)}::timestamptz`);
  return where.join(' AND ');
}

/** Selects pages of articles that `viewer` may see. */
export function selectArticlePages(
  db: Queryable,
  viewer: Viewer | null,
  scopes: readonly (string | null)[],
  variant: ArticleListVariant,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedArticleRow>[]> {
  const sortKey = sortKeyOf(variant);
  const plain = listOf(variant, sortKey);
  const shown = sortKey.isTime
    ? '(extract(epoch FROM page.sort_key) * 1000000)::bigint::text'
    : 'page.sort_key::text';
  return selectKeysetPages<ListedArticleRow>(db, { scopes: [scopes], ...range }, (parameters) => ({
    list: { ...plain, where: `${plain.where} AND ${whereOf(variant.conditions, viewer, parameters)}` },
    cursorSql: (at) => [sortKey.isTime ? timeOf(at(0)) : `${at(0)}::bigint`, `${at(1)}::bigint`],
    columns: `${listedColumns(variant.extent)},
  ${shown} AS "sortKey"`,
    join: `LEFT JOIN (article a ${articleJoins.trim()}) ON a.id = page.id`,
  }));
}

/** Counts the articles of each list that `viewer` may see, in the order of the scopes. */
export async function selectArticleTotals(
  db: Queryable,
  viewer: Viewer | null,
  scopes: readonly (string | null)[],
  { of, conditions }: Pick<ArticleListVariant, 'of' | 'conditions'>,
): Promise<number[]> {
  const variant = { of, conditions, order: 'NEWEST' } as const;
  const { table, where } = listOf(variant, sortKeyOf(variant));
  const parameters = new Parameters([scopes]);
  const rows = await db.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM ${table} x WHERE ${where} AND ${whereOf(conditions, viewer, parameters)})::int AS count
FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(owner_id, n) ORDER BY s.n`,
    parameters.values,
  );
  return rows.map(({ count }) => count);
}

/** Numbers of published articles of journalists. */
export function selectArticleCounts(
  db: Queryable,
  journalistIds: readonly string[],
): Promise<{ id: string; count: number }[]> {
  return db.query(
    `SELECT s.id::text AS id, c.count
FROM unnest((SELECT $1::bigint[])) AS s(id)
CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM article
  WHERE status = 'PUBLISHED' AND journalist_id = s.id) c`,
    [journalistIds],
  );
}
