import { type Tx, violatedConstraint } from '../../../platform/db/database.ts';
import { Refusal, type UserErrorValue } from '../../../platform/errors/errors.ts';
import type { Precision } from '../../../platform/time/partial-date-time.ts';
import type { ArticleFacts, ArticleStatus, CommentPolicy } from './article.policy.ts';
import { ownerSql, queueLockSql, queueSql } from './article.queries.ts';

/** An article that is locked for a change. */
export interface LockedArticleRow extends ArticleFacts, ArticleHead {
  readonly publishedAt: Date | null;
  readonly publishedPrecision: Precision | null;
  readonly updatedAt: Date;
}

/**
 * Locks an article against every other change, and against `lockArticle`: writes in progress under the article finish
 * first, and later ones see the result of the change.
 */
export async function lockArticleForChange(tx: Tx, articleId: string): Promise<LockedArticleRow | undefined> {
  const [row] = await tx.query<LockedArticleRow>(
    `WITH ${queueSql('$1', 'alone')}
     SELECT a.status, a.comment_policy AS "commentPolicy", ${ownerSql} AS "ownerAccountId",
       a.id::text AS id, a.slug, a.title, a.standfirst, a.canonical_url AS "canonicalUrl", a.published_at AS "publishedAt",
       a.published_precision AS "publishedPrecision", a.updated_at AS "updatedAt"
     FROM queue, article a WHERE a.id = $1 FOR UPDATE OF a`,
    [articleId],
  );
  return row;
}

/**
 * As `lockArticleForChange`, for several articles.
 * @param articleIds in ascending order, so that two transactions that lock several articles cannot deadlock
 * @returns the statuses of those that exist
 */
export async function lockArticlesForChange(
  tx: Tx,
  articleIds: readonly string[],
): Promise<ReadonlyMap<string, ArticleStatus>> {
  await tx.query(`SELECT ${queueLockSql('g.id', 'alone')} FROM unnest($1::bigint[]) AS g(id)`, [articleIds]);
  const rows = await tx.query<{ id: string; status: ArticleStatus }>(
    `SELECT a.id::text AS id, a.status FROM article a WHERE a.id = ANY($1::bigint[]) ORDER BY a.id FOR UPDATE`,
    [articleIds],
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}

/** An article's text in its stored forms. */
export interface ArticleBody {
  readonly markdown: string;
  readonly html: string;
  readonly text: string;
  readonly addresses: readonly string[];
}

/** The texts and names in an article's own row. */
export interface ArticleHead {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly standfirst: string | null;
  readonly canonicalUrl: string | null;
}

export interface NewArticleRow extends ArticleHead {
  readonly journalistId: string;
  readonly commentPolicy: CommentPolicy;
  readonly body: ArticleBody;
}

/**
 * Inserts a draft with its text and its counts.
 * @param article the id must be the next value of the table's sequence
 * @returns false if the slug or the canonical URL is taken; waits for a transaction that is about to take one of them
 */
export async function insertArticle(tx: Tx, article: NewArticleRow): Promise<boolean> {
  const { body } = article;
  const rows = await tx.query(
    `WITH added AS (
  INSERT INTO article (id, journalist_id, slug, title, standfirst, canonical_url, comment_policy)
  OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT DO NOTHING RETURNING id
), with_text AS (
  INSERT INTO article_text (article_id, body_markdown, body_html, body_text, contact_addresses)
  SELECT id, $8, $9, $10, $11 FROM added
)
INSERT INTO article_counter (article_id) SELECT id FROM added RETURNING article_id`,
    [
      article.id,
      article.journalistId,
      article.slug,
      article.title,
      article.standfirst,
      article.canonicalUrl,
      article.commentPolicy,
      body.markdown,
      body.html,
      body.text,
      body.addresses,
    ],
  );
  return rows.length === 1;
}

/** Distinguishes these locks from other advisory locks; the number has no meaning. */
const addressClass = 7_302;

/**
 * Locks an address until the transaction ends, against transactions that make an article for the same address.
 * @param ways the forms in which the address may be stored
 */
export async function lockAddress(tx: Tx, ways: readonly string[]): Promise<void> {
  const [first] = [...ways].sort();
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [addressClass, first]);
}

/** The articles of any status that have one of these canonical URLs, in the order of the URLs. */
export function selectArticlesAt(
  tx: Tx,
  urls: readonly string[],
): Promise<{ id: string; status: ArticleStatus }[]> {
  return tx.query(
    `SELECT a.id::text AS id, a.status FROM article a
     JOIN unnest($1::text[]) WITH ORDINALITY AS u(url, n) ON a.canonical_url = u.url ORDER BY u.n`,
    [urls],
  );
}

type Names = Partial<Pick<ArticleHead, 'slug' | 'canonicalUrl'>>;

const slugTaken = new Refusal('SLUG_TAKEN', ['slug']).userErrors;
const canonicalUrlTaken = new Refusal('CANONICAL_URL_TAKEN', ['canonicalUrl']).userErrors;

/** Refusals for the names that belong to another article. */
export async function selectTakenNames(
  tx: Tx,
  articleId: string,
  { slug, canonicalUrl }: Names,
): Promise<readonly UserErrorValue[]> {
  const [row] = await tx.query<{ slug: boolean; canonicalUrl: boolean }>(
    `SELECT EXISTS (SELECT FROM article WHERE slug = $2 AND id <> $1) AS slug,
       EXISTS (SELECT FROM article WHERE canonical_url = $3 AND id <> $1) AS "canonicalUrl"`,
    [articleId, slug ?? null, canonicalUrl ?? null],
  );
  return [...(row?.slug ? slugTaken : []), ...(row?.canonicalUrl ? canonicalUrlTaken : [])];
}

/** The refusal for a violated unique constraint; undefined for other errors. */
function refusalOf(error: unknown): Refusal | undefined {
  switch (violatedConstraint(error)) {
    case 'article_slug_key':
      return new Refusal('SLUG_TAKEN', ['slug']);
    case 'article_canonical_url_key':
      return new Refusal('CANONICAL_URL_TAKEN', ['canonicalUrl']);
    default:
      return undefined;
  }
}

/**
 * Later than the previous value by at least one millisecond, the precision of the API: `expectedUpdatedAt` relies on
 * this.
 */
const changedNow = `greatest(clock_timestamp(), updated_at + interval '1 millisecond')`;

/** @throws Refusal SLUG_TAKEN or CANONICAL_URL_TAKEN if another transaction has just taken the name */
export async function updateArticleHead(tx: Tx, head: ArticleHead): Promise<void> {
  try {
    await tx.query(
      `UPDATE article SET slug = $2, title = $3, standfirst = $4, canonical_url = $5, updated_at = ${changedNow}
       WHERE id = $1`,
      [head.id, head.slug, head.title, head.standfirst, head.canonicalUrl],
    );
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

export async function updateArticleBody(tx: Tx, articleId: string, body: ArticleBody): Promise<void> {
  await tx.query(
    `UPDATE article_text SET body_markdown = $2, body_html = $3, body_text = $4, contact_addresses = $5
     WHERE article_id = $1`,
    [articleId, body.markdown, body.html, body.text, body.addresses],
  );
}

export async function updateArticlePublished(
  tx: Tx,
  articleId: string,
  published: { readonly at: Date; readonly precision: Precision },
): Promise<void> {
  await tx.query(
    `UPDATE article SET status = 'PUBLISHED', published_at = $2, published_precision = $3, updated_at = ${changedNow}
     WHERE id = $1`,
    [articleId, published.at, published.precision],
  );
}

export async function updateArticleUnpublished(tx: Tx, articleId: string): Promise<void> {
  await tx.query(`UPDATE article SET status = 'UNPUBLISHED', updated_at = ${changedNow} WHERE id = $1`, [
    articleId,
  ]);
}

/** A signature under an article's text. */
export interface SignatureRow {
  readonly name: string;
  readonly role: string | null;
  readonly organisation: string | null;
}

/** Replaces the signatures of an article, in the given order. */
export async function replaceSignatures(
  tx: Tx,
  articleId: string,
  signatures: readonly SignatureRow[],
): Promise<void> {
  await tx.query('DELETE FROM signature WHERE article_id = $1', [articleId]);
  await tx.query(
    `INSERT INTO signature (article_id, position, name, role, organisation)
     SELECT $1, s.n - 1, s.name, s.role, s.organisation
     FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS s(name, role, organisation, n)`,
    [
      articleId,
      signatures.map(({ name }) => name),
      signatures.map(({ role }) => role),
      signatures.map(({ organisation }) => organisation),
    ],
  );
}

/** Replaces the tags of an article, in the given order. */
export async function replaceTags(tx: Tx, articleId: string, names: readonly string[]): Promise<void> {
  await tx.query('DELETE FROM article_tag WHERE article_id = $1', [articleId]);
  // Sorted, because two transactions that insert the same new tags in different orders would deadlock.
  await tx.query(
    `INSERT INTO tag (name) SELECT n FROM unnest($1::text[]) AS n ORDER BY n ON CONFLICT (name) DO NOTHING`,
    [names],
  );
  // A separate statement, because the first one does not see tags that another transaction inserted while it waited.
  await tx.query(
    `INSERT INTO article_tag (article_id, position, tag_id)
     SELECT $1, n.position - 1, t.id FROM unnest($2::text[]) WITH ORDINALITY AS n(name, position)
     JOIN tag t ON t.name = n.name`,
    [articleId, names],
  );
}
