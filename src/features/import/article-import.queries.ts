import type { CountChanges } from '../../platform/events/log.ts';
import type { ArticleStatus, CommentPolicy } from '../articles/article/article.policy.ts';
import type { SignatureRow } from '../articles/article/article-write.queries.ts';
import type { Queryable, Tx } from '../../platform/db/database.ts';
import type { Rendered } from '../../platform/text/markdown.ts';
import type { Precision } from '../../platform/time/partial-date-time.ts';
import { chunksOf } from './chunks.ts';

/** The number has no meaning. */
const importLock = 7_301_945;

/**
 * Begins a transaction of an import. Imports wait for each other, so that two of the same document cannot both find its article missing.
 */
export async function beginImport(tx: Tx): Promise<void> {
  await Promise.all([planAnew(tx), tx.query('SELECT pg_advisory_xact_lock($1)', [importLock])]);
}

/**
 * Lets the database plan its checks of foreign keys anew: a plan that was made while a table was empty reads all of what an import
 * makes of it. To plan each check by itself took two fifths of the database's time.
 */
export const planAnew = (tx: Tx): Promise<unknown> => tx.query('DISCARD PLANS');

/** The columns that tell whether a document refers to an article. */
export interface ArticleIdentity {
  readonly id: string;
  readonly slug: string;
  readonly canonicalUrl: string | null;
  readonly journalistSlug: string;
  /** Number of comments that are shown. */
  readonly listed: number;
}

async function selectIdentities(
  db: Queryable,
  column: 'slug' | 'canonical_url',
  values: Iterable<string>,
): Promise<ArticleIdentity[]> {
  const all: ArticleIdentity[] = [];
  for (const chunk of chunksOf(values)) {
    const rows = await db.query<ArticleIdentity>(
      `SELECT a.id::text AS id, a.slug, a.canonical_url AS "canonicalUrl", j.slug AS "journalistSlug",
         k.listed_count AS listed
       FROM article a JOIN journalist j ON j.id = a.journalist_id JOIN article_counter k ON k.article_id = a.id
       WHERE a.${column} = ANY((SELECT $1::text[])::text[])`,
      [chunk],
    );
    for (const row of rows) all.push(row);
  }
  return all;
}

/** Articles by their slugs. */
export async function selectIdentitiesBySlug(
  db: Queryable,
  slugs: Iterable<string>,
): Promise<ReadonlyMap<string, ArticleIdentity>> {
  return new Map((await selectIdentities(db, 'slug', slugs)).map((row) => [row.slug, row]));
}

/** Articles by their canonical URLs, as they are stored. */
export async function selectIdentitiesByUrl(
  db: Queryable,
  urls: Iterable<string>,
): Promise<ReadonlyMap<string | null, ArticleIdentity>> {
  return new Map((await selectIdentities(db, 'canonical_url', urls)).map((row) => [row.canonicalUrl, row]));
}

export const selectIdentityBySlug = async (db: Queryable, slug: string) =>
  (await selectIdentitiesBySlug(db, [slug])).get(slug);
export const selectIdentityByUrl = async (db: Queryable, url: string) =>
  (await selectIdentitiesByUrl(db, [url])).get(url);

/** An article with all data that a document can contain. */
export interface WholeArticleRow {
  readonly id: string;
  readonly journalistId: string;
  readonly slug: string;
  readonly title: string;
  readonly standfirst: string | null;
  readonly status: ArticleStatus;
  readonly commentPolicy: CommentPolicy;
  readonly publishedAt: Date | null;
  readonly publishedPrecision: Precision | null;
  readonly canonicalUrl: string | null;
  readonly bodyMarkdown: string;
  readonly tags: readonly string[];
  readonly signatures: readonly SignatureRow[];
}

export async function selectWholeArticle(
  db: Queryable,
  articleId: string,
): Promise<WholeArticleRow | undefined> {
  const [row] = await db.query<WholeArticleRow>(
    `SELECT a.id::text AS id, a.journalist_id::text AS "journalistId", a.slug, a.title, a.standfirst, a.status,
       a.comment_policy AS "commentPolicy", a.published_at AS "publishedAt",
       a.published_precision AS "publishedPrecision", a.canonical_url AS "canonicalUrl",
       t.body_markdown AS "bodyMarkdown",
       ARRAY(SELECT g.name FROM article_tag u JOIN tag g ON g.id = u.tag_id
         WHERE u.article_id = a.id ORDER BY u.position) AS tags,
       (SELECT coalesce(json_agg(json_build_object('name', s.name, 'role', s.role, 'organisation', s.organisation)
         ORDER BY s.position), '[]') FROM signature s WHERE s.article_id = a.id) AS signatures
     FROM article a JOIN article_text t ON t.article_id = a.id WHERE a.id = $1`,
    [articleId],
  );
  return row;
}

/** The columns of an article's own row that a document sets. */
export type ArticleColumns = Pick<
  WholeArticleRow,
  | 'journalistId'
  | 'title'
  | 'standfirst'
  | 'commentPolicy'
  | 'publishedAt'
  | 'publishedPrecision'
  | 'canonicalUrl'
>;

/**
 * Inserts published articles and their counters, in the given order; the texts are inserted afterwards.
 * @returns the articles' ids by their slugs
 */
export async function insertPublishedArticles(
  tx: Tx,
  articles: readonly (ArticleColumns & { readonly slug: string })[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; slug: string }>(
    `WITH added AS (
  INSERT INTO article (slug, status, journalist_id, title, standfirst, comment_policy, published_at, published_precision,
    canonical_url)
  SELECT g.slug, 'PUBLISHED', g.journalist_id, g.title, g.standfirst, g.comment_policy, g.published_at, g.precision,
    g.canonical_url
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[])
    WITH ORDINALITY AS g(slug, journalist_id, title, standfirst, comment_policy, published_at, precision,
      canonical_url, n)
  ORDER BY g.n RETURNING id, slug
), counted AS (
  INSERT INTO article_counter (article_id) SELECT id FROM added
)
SELECT id::text AS id, slug FROM added`,
    [
      articles.map(({ slug }) => slug),
      articles.map(({ journalistId }) => journalistId),
      articles.map(({ title }) => title),
      articles.map(({ standfirst }) => standfirst),
      articles.map(({ commentPolicy }) => commentPolicy),
      articles.map(({ publishedAt }) => publishedAt),
      articles.map(({ publishedPrecision }) => publishedPrecision),
      articles.map(({ canonicalUrl }) => canonicalUrl),
    ],
  );
  return new Map(rows.map(({ id, slug }) => [slug, id]));
}

export async function updateArticleColumns(
  tx: Tx,
  articleId: string,
  columns: ArticleColumns,
): Promise<void> {
  await tx.query(
    `UPDATE article SET journalist_id = $2, title = $3, standfirst = $4, comment_policy = $5, published_at = $6,
       published_precision = $7, canonical_url = $8, updated_at = clock_timestamp() WHERE id = $1`,
    [
      articleId,
      columns.journalistId,
      columns.title,
      columns.standfirst,
      columns.commentPolicy,
      columns.publishedAt,
      columns.publishedPrecision,
      columns.canonicalUrl,
    ],
  );
}

/** Sets `updated_at` after a change of the article's data in other tables. */
export async function touchArticle(tx: Tx, articleId: string): Promise<void> {
  await tx.query('UPDATE article SET updated_at = clock_timestamp() WHERE id = $1', [articleId]);
}

/** An article's text and its rendered forms. */
export interface ArticleText extends Rendered {
  readonly articleId: string;
  readonly markdown: string;
}

export async function saveArticleTexts(tx: Tx, articles: readonly ArticleText[]): Promise<void> {
  await tx.query(
    `INSERT INTO article_text (article_id, body_markdown, body_html, body_text, contact_addresses)
     SELECT g.article_id, g.markdown, g.html, g.text, ARRAY(SELECT jsonb_array_elements_text(g.addresses))
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
       AS g(article_id, markdown, html, text, addresses)
     ON CONFLICT (article_id) DO UPDATE SET body_markdown = excluded.body_markdown, body_html = excluded.body_html,
       body_text = excluded.body_text, contact_addresses = excluded.contact_addresses`,
    [
      articles.map(({ articleId }) => articleId),
      articles.map(({ markdown }) => markdown),
      articles.map(({ html }) => html),
      articles.map(({ text }) => text),
      articles.map(({ addresses }) => JSON.stringify(addresses)),
    ],
  );
}

/** Numbers that an import adds to the counts of an article. */
export type ImportedCounts = { readonly articleId: string } & Required<
  Pick<CountChanges, 'commentCount' | 'listedCount' | 'listedRootCount' | 'endorsementCount'>
>;

/** Changes articles' counts without events, for imported history that is older than the articles' logs. */
export async function updateCountsSilently(tx: Tx, articles: readonly ImportedCounts[]): Promise<void> {
  await tx.query(
    `UPDATE article_counter k SET comment_count = comment_count + g.comments, listed_count = listed_count + g.listed,
       listed_root_count = listed_root_count + g.roots, endorsement_count = endorsement_count + g.endorsements
     FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::int[])
       AS g(article_id, comments, listed, roots, endorsements)
     WHERE k.article_id = g.article_id`,
    [
      articles.map(({ articleId }) => articleId),
      articles.map(({ commentCount }) => commentCount),
      articles.map(({ listedCount }) => listedCount),
      articles.map(({ listedRootCount }) => listedRootCount),
      articles.map(({ endorsementCount }) => endorsementCount),
    ],
  );
}
