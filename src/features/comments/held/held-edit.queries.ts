import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import type { HeldEditEntity } from './held-edit.entity.ts';

/** A new text of a public comment that a moderator has not approved: pending or rejected. */
export interface HeldEditRow extends Readonly<Omit<HeldEditEntity, 'status' | 'ordinal'>> {
  readonly status: 'PENDING' | 'REJECTED';
}

/** The arrays are in subqueries for the reason given at `selectComments`. */
export function selectHeldEdits(db: Queryable, keys: readonly CommentKey[]): Promise<HeldEditRow[]> {
  return db.query<HeldEditRow>(
    `SELECT e.article_id::text AS "articleId", e.comment_id::text AS "commentId", e.revision, e.status,
  e.body_markdown AS "bodyMarkdown", e.body_html AS "bodyHtml", e.body_text AS "bodyText", e.edited_at AS "editedAt"
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN held_edit e ON e.article_id = s.article_id AND e.comment_id = s.id AND e.status <> 'SETTLED'`,
    [keys.map((key) => key.articleId), keys.map((key) => key.id)],
  );
}

/**
 * The held text of a comment that the transaction has locked; undefined if there is none. Must be a separate statement:
 * a statement that waited for the lock does not see what the transaction before it wrote to other tables.
 */
export async function selectHeldEdit(tx: Tx, key: CommentKey): Promise<HeldEditRow | undefined> {
  const [row] = await selectHeldEdits(tx, [key]);
  return row;
}

/** A text in the forms in which it is stored. */
export interface RenderedBody {
  readonly markdown: string;
  readonly html: string;
  readonly text: string;
}

/**
 * Stores a new text of a locked comment as held, in place of an earlier held text. No other text of the comment has or gets its number.
 * @returns the revision of the text
 */
export async function upsertHeldEdit(tx: Tx, key: CommentKey, body: RenderedBody): Promise<number> {
  const [row] = await tx.query<{ revision: number }>(
    `INSERT INTO held_edit AS e (article_id, comment_id, revision, status, ordinal, body_markdown, body_html, body_text)
SELECT article_id, id, revision + 1, 'PENDING', ordinal, $3, $4, $5 FROM comment WHERE article_id = $1 AND id = $2
ON CONFLICT (article_id, comment_id) DO UPDATE SET status = 'PENDING',
  revision = greatest(e.revision + 1, excluded.revision), body_markdown = excluded.body_markdown,
  body_html = excluded.body_html, body_text = excluded.body_text, edited_at = excluded.edited_at
RETURNING revision`,
    [key.articleId, key.id, body.markdown, body.html, body.text],
  );
  if (!row) throw new Error('A locked comment vanished');
  return row.revision;
}

/** Clears the held text of a locked comment, and keeps its revision number. */
export async function updateHeldEditSettled(tx: Tx, key: CommentKey): Promise<void> {
  await tx.query(
    `UPDATE held_edit SET status = 'SETTLED', body_markdown = '', body_html = '', body_text = ''
     WHERE article_id = $1 AND comment_id = $2`,
    [key.articleId, key.id],
  );
}

/** Marks a held text as rejected, or a rejected one as pending again. */
export async function updateHeldEditStatus(
  tx: Tx,
  key: CommentKey,
  status: HeldEditRow['status'],
): Promise<void> {
  await tx.query('UPDATE held_edit SET status = $3 WHERE article_id = $1 AND comment_id = $2', [
    key.articleId,
    key.id,
    status,
  ]);
}

/**
 * Stores the public text of a locked comment as a revision and replaces it with the held text, in the HTML that was
 * rendered when the text was written and that the moderator has read, and with its number.
 */
export async function publishHeldEdit(tx: Tx, key: CommentKey): Promise<void> {
  await tx.query(
    `WITH edit AS (
  SELECT * FROM held_edit WHERE article_id = $1 AND comment_id = $2
), settled AS (
  UPDATE held_edit SET status = 'SETTLED', body_markdown = '', body_html = '', body_text = ''
  WHERE article_id = $1 AND comment_id = $2
), kept AS (
  INSERT INTO comment_revision (article_id, comment_id, revision, body_markdown)
  SELECT article_id, id, revision, body_markdown FROM comment WHERE article_id = $1 AND id = $2
)
UPDATE comment c SET body_markdown = e.body_markdown, body_html = e.body_html, body_text = e.body_text,
  revision = greatest(c.revision + 1, e.revision), edited_at = e.edited_at
FROM edit e WHERE c.article_id = $1 AND c.id = $2`,
    [key.articleId, key.id],
  );
}

/** The earlier text of a comment with this revision; undefined: there is none. */
export async function selectEarlierText(
  db: Queryable,
  key: CommentKey,
  revision: number,
): Promise<string | undefined> {
  const [row] = await db.query<{ text: string }>(
    `SELECT body_markdown AS text FROM comment_revision WHERE article_id = $1 AND comment_id = $2 AND revision = $3`,
    [key.articleId, key.id, revision],
  );
  return row?.text;
}

/** Holds the public text of a locked comment again, and makes an earlier one public in its place. */
export async function withdrawHeldEdit(tx: Tx, key: CommentKey, earlier: RenderedBody): Promise<void> {
  await tx.query(
    `WITH now AS (
  SELECT * FROM comment WHERE article_id = $1 AND id = $2
), kept AS (
  INSERT INTO comment_revision (article_id, comment_id, revision, body_markdown)
  SELECT article_id, id, revision, body_markdown FROM now
), changed AS (
  UPDATE comment SET body_markdown = $3, body_html = $4, body_text = $5, revision = revision + 1,
    edited_at = clock_timestamp()
  WHERE article_id = $1 AND id = $2
)
INSERT INTO held_edit AS e (article_id, comment_id, revision, status, ordinal, body_markdown, body_html, body_text)
SELECT article_id, id, revision + 2, 'PENDING', ordinal, body_markdown, body_html, body_text FROM now
ON CONFLICT (article_id, comment_id) DO UPDATE SET status = 'PENDING',
  revision = greatest(e.revision + 1, excluded.revision), body_markdown = excluded.body_markdown,
  body_html = excluded.body_html, body_text = excluded.body_text, edited_at = clock_timestamp()`,
    [key.articleId, key.id, earlier.markdown, earlier.html, earlier.text],
  );
}
