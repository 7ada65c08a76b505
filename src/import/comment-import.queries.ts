import type { Queryable, Tx } from '../db/database.ts';
import type { Rendered } from '../text/markdown.ts';
import { chunksOf } from './chunks.ts';
import type { Placed, PlacedComment, PresentComment } from './comment-plan.ts';

const columns = `
  id::text AS id, import_key AS "importKey", parent_id::text AS "parentId", root_id::text AS "rootId", depth,
  ordinal::text AS ordinal, path, status, listed, account_id::text AS "accountId", author_name AS "authorName",
  body_markdown AS "bodyMarkdown", created_at AS "createdAt", created_precision AS "createdPrecision"`;

/** Selects all comments of an article, in any status. */
export function selectAllComments(db: Queryable, articleId: string): Promise<PresentComment[]> {
  return db.query<PresentComment>(`SELECT ${columns} FROM comment WHERE article_id = $1`, [articleId]);
}

/** Selects the current state of some comments, and locks them against every change and every removal. */
export function lockComments(tx: Tx, articleId: string, ids: readonly string[]): Promise<PresentComment[]> {
  return tx.query<PresentComment>(
    `SELECT ${columns} FROM comment c WHERE article_id = $1 AND id = ANY($2::bigint[]) ORDER BY c.id FOR UPDATE`,
    [articleId, ids],
  );
}

export async function nextCommentIds(tx: Tx, count: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT nextval('comment_id_seq')::text AS id FROM generate_series(1, $1::int)`,
    [count],
  );
  return rows.map((row) => row.id);
}

/** A comment's Markdown source and its rendered forms. */
export interface Body extends Pick<Rendered, 'html' | 'text'> {
  readonly markdown: string;
}

/** @param comments parents must come before their replies */
export async function insertPlacedComments(
  tx: Tx,
  articleId: string,
  comments: readonly (PlacedComment & { readonly body: Body })[],
): Promise<void> {
  await tx.query(
    `WITH added AS (
  INSERT INTO comment (article_id, id, parent_id, root_id, depth, ordinal, path, author_name, status, listed,
    body_markdown, body_html, body_text, created_at, created_precision, removed_at, removed_status,
    import_key)
  SELECT $1, r.id, r.parent_id, r.root_id, r.depth, r.ordinal, r.path, r.author_name,
    CASE WHEN r.removed THEN 'REMOVED' ELSE 'PUBLISHED' END, true, r.body_markdown, r.body_html, r.body_text,
    r.created_at, r.precision, CASE WHEN r.removed THEN clock_timestamp() END,
    CASE WHEN r.removed THEN 'PUBLISHED' END, r.key
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[], $7::bytea[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[], $14::text[], $15::boolean[])
    AS r(id, parent_id, root_id, depth, ordinal, path, author_name, body_markdown, body_html, body_text, created_at,
      precision, key, removed)
)
INSERT INTO comment_counter (article_id, comment_id, parent_id, ordinal, listed, reply_count, listed_reply_count,
  descendant_count, ever_replied)
SELECT $1, k.id, coalesce(k.parent_id, 0), k.ordinal, true, k.published, k.listed, k.descendants,
  k.listed > 0 OR k.removed
FROM unnest($2::bigint[], $3::bigint[], $6::bigint[], $16::int[], $17::int[], $18::int[], $15::boolean[])
  AS k(id, parent_id, ordinal, published, listed, descendants, removed)`,
    [
      articleId,
      comments.map((row) => row.id),
      comments.map((row) => row.parentId),
      comments.map((row) => row.rootId),
      comments.map((row) => row.depth),
      comments.map((row) => String(row.ordinal)),
      comments.map((row) => row.path),
      comments.map((row) => row.comment.authorName ?? null),
      comments.map((row) => row.body.markdown),
      comments.map((row) => row.body.html),
      comments.map((row) => row.body.text),
      comments.map((row) => row.comment.createdAt.at),
      comments.map((row) => row.comment.createdAt.precision),
      comments.map((row) => row.comment.key),
      comments.map((row) => row.comment.markdown === null),
      comments.map((row) => row.replies.published),
      comments.map((row) => row.replies.listed),
      comments.map((row) => row.replies.descendants),
    ],
  );
}

/** Adds new replies to the counts of comments that were there before. */
export async function updateGrownCounts(tx: Tx, articleId: string, grown: Placed['grown']): Promise<void> {
  for (const chunk of chunksOf([...grown])) {
    await tx.query(
      `UPDATE comment_counter k SET reply_count = reply_count + r.published,
         listed_reply_count = listed_reply_count + r.listed, descendant_count = descendant_count + r.descendants,
         ever_replied = ever_replied OR r.listed > 0
       FROM unnest($2::bigint[], $3::int[], $4::int[], $5::int[]) AS r(id, published, listed, descendants)
       WHERE k.article_id = $1 AND k.comment_id = r.id`,
      [
        articleId,
        chunk.map(([id]) => id),
        chunk.map(([, replies]) => replies.published),
        chunk.map(([, replies]) => replies.listed),
        chunk.map(([, replies]) => replies.descendants),
      ],
    );
  }
}

/** Stores the old texts as revisions and replaces them with the new ones. */
export async function updateCommentBodies(
  tx: Tx,
  articleId: string,
  bodies: readonly (Body & { readonly id: string })[],
): Promise<void> {
  await tx.query(
    `WITH kept AS (
  INSERT INTO comment_revision (article_id, comment_id, revision, body_markdown)
  SELECT article_id, id, revision, body_markdown FROM comment WHERE article_id = $1 AND id = ANY($2::bigint[])
)
UPDATE comment c SET body_markdown = r.markdown, body_html = r.html, body_text = r.text, revision = revision + 1,
  edited_at = clock_timestamp()
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) AS r(id, markdown, html, text)
WHERE c.article_id = $1 AND c.id = r.id`,
    [
      articleId,
      bodies.map((body) => body.id),
      bodies.map((body) => body.markdown),
      bodies.map((body) => body.html),
      bodies.map((body) => body.text),
    ],
  );
}

export async function updateAuthorNames(
  tx: Tx,
  articleId: string,
  renamed: readonly { readonly id: string; readonly authorName: string | null }[],
): Promise<void> {
  await tx.query(
    `UPDATE comment c SET author_name = r.name FROM unnest($2::bigint[], $3::text[]) AS r(id, name)
     WHERE c.article_id = $1 AND c.id = r.id`,
    [articleId, renamed.map((row) => row.id), renamed.map((row) => row.authorName)],
  );
}
