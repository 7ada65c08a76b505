import {
  byList,
  firstCursorParameter,
  type Found,
  type KeysetList,
  keysetPages,
  type KeysetRow,
} from '../db/keyset.ts';
import type { Queryable, Tx } from '../db/database.ts';
import type { Precision } from '../time/partial-date-time.ts';
import { journalistJson, type JournalistRow } from '../journalist/journalist.queries.ts';
import type { ArticleFacts } from './article.policy.ts';

/** An article with its counts and where its log stands, all read at one moment. */
export interface ArticleRow extends ArticleFacts {
  readonly id: string;
  readonly journalist: JournalistRow;
  readonly slug: string;
  readonly title: string;
  readonly standfirst: string | null;
  readonly publishedAt: Date | null;
  readonly publishedPrecision: Precision | null;
  readonly updatedAt: Date;
  readonly canonicalUrl: string | null;
  readonly epoch: string;
  readonly sequence: number;
  readonly lastEventAt: Date;
  readonly commentCount: number;
  readonly listedCount: number;
  readonly listedRootCount: number;
  readonly endorsementCount: number;
}

/** An article in a list: `publishedMicros` is its sort key. */
export interface ListedArticleRow extends ArticleRow, KeysetRow {
  readonly id: string;
  readonly publishedMicros: string;
}

/** The long part of an article. */
export interface ArticleTextRow {
  readonly articleId: string;
  readonly bodyHtml: string;
  readonly bodyText: string;
  readonly bodyMarkdown: string;
  readonly contactAddresses: readonly string[];
}

/** The short lists that belong to an article, in order. */
export interface ArticlePartsRow {
  readonly articleId: string;
  readonly signatures: readonly { name: string; role: string | null; organisation: string | null }[];
  readonly tags: readonly { id: string; name: string }[];
}

const columns = `
  a.id::text AS id, ${journalistJson('j')} AS journalist, a.slug, a.title, a.standfirst, a.status,
  a.comment_policy AS "commentPolicy", j.account_id::text AS "ownerAccountId", a.published_at AS "publishedAt",
  a.published_precision AS "publishedPrecision", a.updated_at AS "updatedAt", a.canonical_url AS "canonicalUrl",
  l.epoch, c.sequence, c.last_event_at AS "lastEventAt", c.comment_count AS "commentCount",
  c.listed_count AS "listedCount", c.listed_root_count AS "listedRootCount",
  c.endorsement_count AS "endorsementCount"`;

const joins = `
JOIN article_counter c ON c.article_id = a.id
JOIN journalist j ON j.id = a.journalist_id
CROSS JOIN event_log l`;

export function selectArticles(db: Queryable, ids: readonly string[]): Promise<ArticleRow[]> {
  return db.query<ArticleRow>(`SELECT ${columns} FROM article a${joins} WHERE a.id = ANY($1::bigint[])`, [
    ids,
  ]);
}

export function selectArticlesBySlug(db: Queryable, slugs: readonly string[]): Promise<ArticleRow[]> {
  return db.query<ArticleRow>(`SELECT ${columns} FROM article a${joins} WHERE a.slug = ANY($1::text[])`, [
    slugs,
  ]);
}

export type ArticleOrder = 'NEWEST' | 'OLDEST';

/** A list of published articles: one journalist's, or (with `journalistId` null) everybody's. */
export interface ArticleListScope {
  readonly journalistId: string | null;
}

const everybody: KeysetList = {
  table: 'article',
  scope: { journalist_id: 'bigint' },
  where: `x.status = 'PUBLISHED'`,
  keys: ['published_at', 'id'],
  descending: true,
  pageColumns: ['id', 'published_at'],
};

const ofJournalist: KeysetList = {
  ...everybody,
  where: `x.status = 'PUBLISHED' AND x.journalist_id = s.journalist_id`,
};

/** The years 1 to 9999, in microseconds since 1970: wider than any time of publication, narrower than `timestamptz`. */
const [minMicros, maxMicros] = ['-62135596800000000', '253402300799999999'];

/** Pages of published articles. The scopes of one call are all of journalists, or all of everybody. */
export async function selectArticlePages(
  db: Queryable,
  scopes: readonly ArticleListScope[],
  order: ArticleOrder,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedArticleRow>[]> {
  const base = scopes[0]?.journalistId === null ? everybody : ofJournalist;
  const list = { ...base, descending: order === 'NEWEST' };
  const parameter = firstCursorParameter(list);
  // Microseconds, so that a cursor is as exact as the column; a made-up one is moved into the range of the type.
  const cursor = [
    `timestamptz 'epoch' + least(greatest($${parameter}::bigint, ${minMicros}), ${maxMicros}) * interval '1 microsecond'`,
    `$${parameter + 1}::bigint`,
  ];
  const { from, orderBy, behind } = keysetPages(list, {
    backward: range.backward,
    cursor: range.cursor && cursor,
  });
  const rows = await db.query<ListedArticleRow>(
    `SELECT s.n::int AS n, ${behind} AS behind, ${columns},
  (extract(epoch FROM page.published_at) * 1000000)::bigint::text AS "publishedMicros"
FROM ${from}
LEFT JOIN (article a ${joins.trim()}) ON a.id = page.id
ORDER BY ${orderBy}`,
    [scopes.map((scope) => scope.journalistId), range.limit + 1, ...(range.cursor ?? [])],
  );
  return byList(rows, scopes.length);
}

export function selectArticleTexts(db: Queryable, articleIds: readonly string[]): Promise<ArticleTextRow[]> {
  return db.query<ArticleTextRow>(
    `SELECT article_id::text AS "articleId", body_html AS "bodyHtml", body_text AS "bodyText",
  body_markdown AS "bodyMarkdown", contact_addresses AS "contactAddresses"
FROM article_text WHERE article_id = ANY($1::bigint[])`,
    [articleIds],
  );
}

export function selectArticleParts(db: Queryable, articleIds: readonly string[]): Promise<ArticlePartsRow[]> {
  return db.query<ArticlePartsRow>(
    `SELECT a.id::text AS "articleId",
  (SELECT coalesce(json_agg(json_build_object('name', s.name, 'role', s.role, 'organisation', s.organisation)
    ORDER BY s.position), '[]') FROM signature s WHERE s.article_id = a.id) AS signatures,
  (SELECT coalesce(json_agg(json_build_object('id', t.id::text, 'name', t.name) ORDER BY u.position), '[]')
    FROM article_tag u JOIN tag t ON t.id = u.tag_id WHERE u.article_id = a.id) AS tags
FROM article a WHERE a.id = ANY($1::bigint[])`,
    [articleIds],
  );
}

export function selectTags(db: Queryable, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  return db.query(
    `SELECT id::text AS id, name FROM tag WHERE id = ANY($1::bigint[])
  AND EXISTS (SELECT FROM article_tag u JOIN article a ON a.id = u.article_id
    WHERE u.tag_id = tag.id AND a.status = 'PUBLISHED')`,
    [ids],
  );
}

export function selectArticleCounts(
  db: Queryable,
  journalistIds: readonly string[],
): Promise<{ journalistId: string; articleCount: number }[]> {
  return db.query(
    `SELECT journalist_id::text AS "journalistId", count(*)::int AS "articleCount"
FROM article WHERE status = 'PUBLISHED' AND journalist_id = ANY($1::bigint[]) GROUP BY journalist_id`,
    [journalistIds],
  );
}

/** Keeps these locks apart from other advisory ones; the number says nothing. */
const turnClass = 7_301;

/**
 * SQL for a transaction's turn at an article, a table expression `turn` for `WITH`: any number share it, and who changes
 * the article waits for them. Row locks alone would do, if they were fair: those who share one let nobody through for as
 * long as there are always some, and the thread that is to be taken back is the busy one.
 * @param articleId the parameter that holds it
 */
export function turnSql(articleId: string, mode: 'shared' | 'alone'): string {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `turn AS MATERIALIZED (SELECT ${lock}(${turnClass}, (${articleId}::bigint % 2147483647)::int))`;
}

/** Holds the article's status and policy until the transaction ends: nobody unpublishes or closes it meanwhile. */
export async function lockArticle(tx: Tx, articleId: string): Promise<ArticleFacts | undefined> {
  const [row] = await tx.query<ArticleFacts>(
    `WITH ${turnSql('$1', 'shared')}
     SELECT a.status, a.comment_policy AS "commentPolicy", j.account_id::text AS "ownerAccountId"
     FROM turn, article a JOIN journalist j ON j.id = a.journalist_id WHERE a.id = $1 FOR SHARE OF a`,
    [articleId],
  );
  return row;
}
