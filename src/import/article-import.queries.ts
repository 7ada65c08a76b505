import type { ArticleStatus, CommentPolicy } from '../article/article.policy.ts';
import type { SignatureRow } from '../article/article-write.queries.ts';
import type { Queryable, Tx } from '../db/database.ts';
import type { Rendered } from '../text/markdown.ts';
import type { Precision } from '../time/partial-date-time.ts';

/**
 * Serialises imports, so that two imports of the same document cannot both find its article missing; the number has no
 * meaning.
 */
const importLock = 7_301_945;

export async function lockImports(tx: Tx): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [importLock]);
}

/** The columns that tell whether a document refers to an article. */
export interface ArticleIdentity {
  readonly id: string;
  readonly slug: string;
  readonly canonicalUrl: string | null;
  readonly journalistSlug: string;
  readonly status: ArticleStatus;
}

async function selectIdentity(
  db: Queryable,
  column: 'slug' | 'canonical_url',
  value: string,
): Promise<ArticleIdentity | undefined> {
  const [row] = await db.query<ArticleIdentity>(
    `SELECT a.id::text AS id, a.slug, a.canonical_url AS "canonicalUrl", j.slug AS "journalistSlug", a.status
     FROM article a JOIN journalist j ON j.id = a.journalist_id WHERE a.${column} = $1`,
    [value],
  );
  return row;
}

export const selectIdentityBySlug = (db: Queryable, slug: string) => selectIdentity(db, 'slug', slug);
export const selectIdentityByUrl = (db: Queryable, url: string) => selectIdentity(db, 'canonical_url', url);

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
 * Inserts a published article and its counter; the text is inserted afterwards.
 * @returns the article's id
 */
export async function insertPublishedArticle(tx: Tx, slug: string, columns: ArticleColumns): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `WITH added AS (
  INSERT INTO article (slug, status, journalist_id, title, standfirst, comment_policy, published_at, published_precision,
    canonical_url)
  VALUES ($1, 'PUBLISHED', $2, $3, $4, $5, $6, $7, $8) RETURNING id
)
INSERT INTO article_counter (article_id) SELECT id FROM added RETURNING article_id::text AS id`,
    [
      slug,
      columns.journalistId,
      columns.title,
      columns.standfirst,
      columns.commentPolicy,
      columns.publishedAt,
      columns.publishedPrecision,
      columns.canonicalUrl,
    ],
  );
  if (!row) throw new Error('An article got no id');
  return row.id;
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

export async function saveArticleText(
  tx: Tx,
  articleId: string,
  markdown: string,
  { html, text, addresses }: Rendered,
): Promise<void> {
  await tx.query(
    `INSERT INTO article_text (article_id, body_markdown, body_html, body_text, contact_addresses)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (article_id) DO UPDATE SET body_markdown = excluded.body_markdown, body_html = excluded.body_html,
       body_text = excluded.body_text, contact_addresses = excluded.contact_addresses`,
    [articleId, markdown, html, text, addresses],
  );
}

/** Changes an article's counts without an event, for imported history that is older than the article's log. */
export async function updateCountsSilently(
  tx: Tx,
  articleId: string,
  counts: { comments: number; listed: number; listedRoots: number; endorsements: number },
): Promise<void> {
  await tx.query(
    `UPDATE article_counter SET comment_count = comment_count + $2, listed_count = listed_count + $3,
       listed_root_count = listed_root_count + $4, endorsement_count = endorsement_count + $5 WHERE article_id = $1`,
    [articleId, counts.comments, counts.listed, counts.listedRoots, counts.endorsements],
  );
}
