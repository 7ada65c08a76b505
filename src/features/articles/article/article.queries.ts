import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import type { Precision } from '../../../platform/time/partial-date-time.ts';
import {
  journalistJson,
  type JournalistRow,
  shortJournalistJson,
  type ShortJournalistRow,
} from '../journalist/journalist.queries.ts';
import { type ArticleFacts, visibleUnpublished } from './article.policy.ts';

/** What every statement reads of an article, at the same moment. */
export interface ShortArticleRow extends ArticleFacts {
  readonly id: string;
  readonly journalist: ShortJournalistRow;
  readonly slug: string;
  readonly title: string;
  readonly standfirst: string | null;
  readonly publishedAt: Date | null;
  readonly publishedPrecision: Precision | null;
  readonly commentCount: number;
  readonly endorsementCount: number;
  /** Its short lists; absent: the statement has not read them. */
  readonly tags?: ArticleParts['tags'];
  readonly signatures?: ArticleParts['signatures'];
}

/** An article with its counts and the position of its event log, all read at the same moment. */
export interface ArticleRow extends ShortArticleRow {
  readonly journalist: JournalistRow;
  readonly updatedAt: Date;
  readonly canonicalUrl: string | null;
  /** The article's own slow mode; null: the site's. */
  readonly slowModeSeconds: number | null;
  readonly epoch: string;
  readonly sequence: number;
  readonly lastEventAt: Date;
  readonly listedCount: number;
  readonly listedRootCount: number;
  /** Totals of the article's campaign, in minor units; null: it has none that was launched. */
  readonly pledged: string | null;
  readonly collected: string | null;
  readonly paidOut: string | null;
  readonly backerCount: number | null;
}

/** The long texts of an article. */
export interface ArticleTextRow {
  readonly articleId: string;
  readonly bodyHtml: string;
  readonly bodyText: string;
  readonly bodyMarkdown: string;
  readonly contactAddresses: readonly string[];
}

/** The short lists that belong to an article, in order. */
export interface ArticleParts {
  readonly signatures: readonly { name: string; role: string | null; organisation: string | null }[];
  readonly tags: readonly { id: string; name: string }[];
}

export interface ArticlePartsRow extends ArticleParts {
  readonly articleId: string;
}

const columnsWith = (journalist: string): string => `
  a.id::text AS id, ${journalist} AS journalist, a.slug, a.title, a.standfirst, a.status,
  a.comment_policy AS "commentPolicy", j.account_id::text AS "ownerAccountId", a.published_at AS "publishedAt",
  a.published_precision AS "publishedPrecision", c.comment_count AS "commentCount",
  c.endorsement_count AS "endorsementCount"`;

/** SQL for an `ArticleRow`, from `article a` and `articleJoins`. */
export const articleColumns = `${columnsWith(journalistJson('j'))}, a.updated_at AS "updatedAt",
  a.canonical_url AS "canonicalUrl", a.slow_mode_seconds AS "slowModeSeconds", l.epoch, c.sequence,
  c.last_event_at AS "lastEventAt", c.listed_count AS "listedCount", c.listed_root_count AS "listedRootCount",
  c.pledged::text AS pledged, c.collected::text AS collected, c.paid_out::text AS "paidOut",
  c.backer_count AS "backerCount"`;

const shortColumns = columnsWith(shortJournalistJson('j'));

/**
 * SQL for the joins that `articleColumns` needs, after `article a`. OFFSET 0 keeps the planner from hashing the counters
 * of all articles for the few that a page shows.
 */
export const articleJoins = `
JOIN LATERAL (SELECT * FROM article_counter WHERE article_id = a.id OFFSET 0) c ON true
JOIN journalist j ON j.id = a.journalist_id
CROSS JOIN event_log l`;

/** The arrays of these statements are in subqueries for the reason given at `selectComments`. */
export function selectArticles(db: Queryable, ids: readonly string[]): Promise<ArticleRow[]> {
  return db.query<ArticleRow>(
    `SELECT ${articleColumns} FROM article a${articleJoins} WHERE a.id = ANY((SELECT $1::bigint[])::bigint[])`,
    [ids],
  );
}

export function selectArticlesBySlug(db: Queryable, slugs: readonly string[]): Promise<ArticleRow[]> {
  return db.query<ArticleRow>(
    `SELECT ${articleColumns} FROM article a${articleJoins} WHERE a.slug = ANY((SELECT $1::text[])::text[])`,
    [slugs],
  );
}

/**
 * Selects the articles that have one of these canonical URLs.
 * @param urls URLs in their stored form, at most a few variants of each of a hundred URLs
 */
export function selectArticlesByCanonicalUrl(db: Queryable, urls: readonly string[]): Promise<ArticleRow[]> {
  return db.query<ArticleRow>(
    `SELECT ${articleColumns} FROM article a${articleJoins} WHERE a.canonical_url = ANY((SELECT $1::text[])::text[])`,
    [urls],
  );
}

/** SQL for `canSeeArticle`, for lists that leave out the articles that it forbids; `alias` is the table `article`. */
export function visibleArticleSql(alias: string, viewer: Viewer | null, parameters: Parameters): string {
  switch (visibleUnpublished(viewer)) {
    case 'all':
      return 'true';
    case 'own': {
      const account = parameters.add(viewer?.accountId);
      const own = `(SELECT id FROM journalist WHERE account_id = ${account}::bigint)`;
      return `(${alias}.status = 'PUBLISHED' OR ${alias}.journalist_id = ${own})`;
    }
    case 'none':
      return `${alias}.status = 'PUBLISHED'`;
  }
}

export function selectArticleTexts(db: Queryable, articleIds: readonly string[]): Promise<ArticleTextRow[]> {
  return db.query<ArticleTextRow>(
    `SELECT article_id::text AS "articleId", body_html AS "bodyHtml", body_text AS "bodyText",
  body_markdown AS "bodyMarkdown", contact_addresses AS "contactAddresses"
FROM article_text WHERE article_id = ANY((SELECT $1::bigint[])::bigint[])`,
    [articleIds],
  );
}

const signaturesSql = `(SELECT coalesce(json_agg(json_build_object('name', s.name, 'role', s.role, 'organisation', s.organisation)
    ORDER BY s.position), '[]') FROM signature s WHERE s.article_id = a.id)`;

const tagsSql = `(SELECT coalesce(json_agg(json_build_object('id', t.id::text, 'name', t.name) ORDER BY u.position), '[]')
    FROM article_tag u JOIN tag t ON t.id = u.tag_id WHERE u.article_id = a.id)`;

/** What a list of articles reads of each of them. */
export interface ArticleExtent {
  /** A `ShortArticleRow` or an `ArticleRow`. */
  readonly row: 'short' | 'whole';
  readonly parts: readonly (keyof ArticleParts)[];
}

/** What is read of each article for two lists that are read together. */
export const mergedExtent = (one: ArticleExtent, other: ArticleExtent): ArticleExtent => ({
  row: one.row === 'whole' ? 'whole' : other.row,
  parts: [...new Set([...one.parts, ...other.parts])].sort(),
});

const partsSql: Readonly<Record<keyof ArticleParts, string>> = { signatures: signaturesSql, tags: tagsSql };

/** SQL for an article of a list, from `article a` and `articleJoins`. */
export const listedColumns = ({ row, parts }: ArticleExtent): string =>
  [
    row === 'short' ? shortColumns : articleColumns,
    ...parts.map((part) => `${partsSql[part]} AS ${part}`),
  ].join(',\n  ');

export function selectArticleParts(db: Queryable, articleIds: readonly string[]): Promise<ArticlePartsRow[]> {
  return db.query<ArticlePartsRow>(
    `SELECT a.id::text AS "articleId",
  ${signaturesSql} AS signatures,
  ${tagsSql} AS tags
FROM article a WHERE a.id = ANY((SELECT $1::bigint[])::bigint[])`,
    [articleIds],
  );
}

/** Distinguishes these locks from other advisory locks; the number has no meaning. */
const queueClass = 7_301;

/**
 * SQL for an advisory lock on an article, a table expression `queue` for `WITH`: any number of transactions share the
 * lock, and a transaction that changes the article waits for them. Row locks alone would do if they were fair:
 * overlapping shared row locks can block an exclusive one indefinitely, and an article that has to be unpublished is
 * often the one with the busy thread.
 * @param articleId the SQL parameter for the article's id
 */
export const queueSql = (articleId: string, mode: 'shared' | 'alone'): string =>
  `queue AS MATERIALIZED (SELECT ${queueLockSql(articleId, mode)})`;

/** SQL for the function call that takes the lock of `queueSql`. @param articleId SQL for the article's id */
export function queueLockSql(articleId: string, mode: 'shared' | 'alone'): string {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `${lock}(${queueClass}, (${articleId}::bigint % 2147483647)::int)`;
}

/**
 * SQL for the account of an article's journalist, for statements that lock the article `a`. Not a join: a statement that
 * waited for a lock reads the locked row anew and keeps the rows that were joined, so that an article whose journalist
 * was changed meanwhile would not be found.
 */
export const ownerSql = '(SELECT j.account_id::text FROM journalist j WHERE j.id = a.journalist_id)';

/**
 * Locks the article's status and comment policy until the transaction ends: the article cannot be unpublished or closed
 * meanwhile.
 */
export function lockArticle(tx: Tx, articleId: string): Promise<ArticleFacts | undefined> {
  return lockArticleBy(tx, lockStatement, articleId);
}

/**
 * A statement that locks an article as `lockArticle` does, and reads more columns.
 * @param columns SQL for columns of the article `a`, each after a comma
 */
export const lockStatementWith = (columns: string): string => `
WITH ${queueSql('$1', 'shared')}
SELECT a.status, a.comment_policy AS "commentPolicy", ${ownerSql} AS "ownerAccountId"${columns}
FROM queue, article a WHERE a.id = $1 FOR SHARE OF a`;

const lockStatement = lockStatementWith('');

/** Locks an article by a statement of `lockStatementWith`. */
export async function lockArticleBy<More extends object>(
  tx: Tx,
  statement: string,
  articleId: string,
): Promise<(ArticleFacts & More) | undefined> {
  const [row] = await tx.query<ArticleFacts & More>(statement, [articleId]);
  return row;
}

/** SQL for the facts on which an article's rules depend, as one value; `a` is the article. */
export const articleFactsJson = `json_build_object('status', a.status, 'commentPolicy', a.comment_policy,
         'ownerAccountId', ${ownerSql})`;
