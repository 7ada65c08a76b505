import { nextRevisionSql } from '../comments/writing/comment-write.queries.ts';
import type { Queryable, Tx } from '../../platform/db/database.ts';
import type { CommentAuthorColumns } from './author-import.queries.ts';
import { chunksOf } from './chunks.ts';
import type { PresentComment } from './comment-plan.ts';
import type { PlacedComment, Replies } from './comment-placing.ts';
import { type Body, bodyDigestSql } from './thread-input.ts';

const columns = `
  c.id::text AS id, c.import_key AS "importKey", c.parent_id::text AS "parentId", c.root_id::text AS "rootId", c.depth,
  c.ordinal::text AS ordinal, c.status, c.listed, c.account_id::text AS "accountId", c.author_name AS "authorName",
  c.imported_author_id::text AS "importedAuthorId",
  coalesce((SELECT a.forgotten_at IS NOT NULL FROM imported_author a WHERE a.id = c.imported_author_id), false)
    AS "isAuthorForgotten",
  ${bodyDigestSql('c.body_markdown')} AS "bodyDigest", c.created_at AS "createdAt",
  c.created_precision AS "createdPrecision", k.imported_like_count AS likes`;

const counter = 'JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id';

/** Rows of one part: all at once would be in memory twice for a moment. */
const partSize = 10_000;

/**
 * Selects all comments of articles, in any status, each article's in the order of their ids.
 * @param onPart called after each part of them
 */
export async function selectAllComments(
  db: Queryable,
  articleIds: readonly string[],
  onPart: () => void,
): Promise<ReadonlyMap<string, PresentComment[]>> {
  const all = new Map(articleIds.map((id): [string, PresentComment[]] => [id, []]));
  for (let left = [...articleIds]; left.length > 0;) {
    const rows = await db.query<PresentComment & { articleId: string }>(
      `SELECT c.article_id::text AS "articleId", ${columns} FROM unnest($1::bigint[], $2::bigint[]) AS g(article_id, after)
       CROSS JOIN LATERAL (SELECT * FROM comment o WHERE o.article_id = g.article_id AND o.id > g.after
         ORDER BY o.id LIMIT $3) c
       -- One by one: for as many comments as there may be, all counters of all articles would be read.
       CROSS JOIN LATERAL (SELECT * FROM comment_counter o
         WHERE o.article_id = c.article_id AND o.comment_id = c.id LIMIT 1) k
       ORDER BY c.article_id, c.id`,
      [left, left.map((id) => all.get(id)?.at(-1)?.id ?? '0'), partSize],
    );
    const counts = new Map<string, number>();
    for (const { articleId, ...row } of rows) {
      all.get(articleId)?.push(row);
      counts.set(articleId, (counts.get(articleId) ?? 0) + 1);
    }
    left = left.filter((id) => counts.get(id) === partSize);
    onPart();
  }
  return all;
}

/** A comment of an article. */
export interface CommentKey {
  readonly articleId: string;
  readonly id: string;
}

/** SQL for comments that are given as `$1` and `$2`, and what identifies them there. */
const given = 'unnest($1::bigint[], $2::bigint[]) AS g(article_id, id)';
const keysOf = (rows: readonly CommentKey[]): [string[], string[]] => [
  rows.map(({ articleId }) => articleId),
  rows.map(({ id }) => id),
];

/** Selects the current state of some comments, and locks them against every change and every removal. */
export function lockComments(tx: Tx, keys: readonly CommentKey[]): Promise<PresentComment[]> {
  return tx.query<PresentComment>(
    `SELECT ${columns} FROM ${given} JOIN comment c ON c.article_id = g.article_id AND c.id = g.id ${counter}
     ORDER BY c.article_id, c.id FOR UPDATE OF c`,
    keysOf(keys),
  );
}

/** The paths of some comments, by their ids. */
export async function selectPaths(
  db: Queryable,
  keys: readonly CommentKey[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (keys.length === 0) return new Map();
  const rows = await db.query<{ id: string; path: Buffer }>(
    `SELECT c.id::text AS id, c.path FROM ${given} JOIN comment c ON c.article_id = g.article_id AND c.id = g.id`,
    keysOf(keys),
  );
  return new Map(rows.map(({ id, path }) => [id, path]));
}

export async function nextCommentIds(tx: Tx, count: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT nextval('comment_id_seq')::text AS id FROM generate_series(1, $1::int)`,
    [count],
  );
  return rows.map((row) => row.id);
}

/** @param comments parents must come before their replies */
export function insertPlacedComments(
  tx: Tx,
  comments: readonly (PlacedComment & CommentKey & { readonly body: Body })[],
): Promise<unknown> {
  return tx.query(
    `WITH added AS (
  INSERT INTO comment (article_id, id, parent_id, root_id, depth, ordinal, path, author_name, imported_author_id,
    account_id, status, listed, body_markdown, body_html, body_text, created_at, created_precision, removed_at,
    removed_status, import_key)
  SELECT r.article_id, r.id, r.parent_id, r.root_id, r.depth, r.ordinal, r.path, r.author_name, r.author_id, r.account_id,
    CASE WHEN r.removed THEN 'REMOVED' ELSE 'PUBLISHED' END, true, r.body_markdown, r.body_html, r.body_text,
    r.created_at, r.precision, CASE WHEN r.removed THEN clock_timestamp() END,
    CASE WHEN r.removed THEN 'PUBLISHED' END, r.key
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[], $7::bytea[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[], $14::text[], $15::boolean[],
    $20::bigint[], $21::bigint[])
    AS r(article_id, id, parent_id, root_id, depth, ordinal, path, author_name, body_markdown, body_html, body_text, created_at,
      precision, key, removed, author_id, account_id)
)
INSERT INTO comment_counter (article_id, comment_id, parent_id, ordinal, listed, reply_count, listed_reply_count,
  descendant_count, ever_replied, imported_like_count, like_count, score)
SELECT k.article_id, k.id, coalesce(k.parent_id, 0), k.ordinal, true, k.published, k.listed, k.descendants,
  k.listed > 0 OR k.removed, k.likes, k.likes, k.likes
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $6::bigint[], $16::int[], $17::int[], $18::int[], $15::boolean[],
  $19::int[]) AS k(article_id, id, parent_id, ordinal, published, listed, descendants, removed, likes)`,
    [
      ...keysOf(comments),
      comments.map((row) => row.parentId),
      comments.map((row) => row.rootId),
      comments.map((row) => row.depth),
      comments.map((row) => String(row.ordinal)),
      comments.map((row) => row.path),
      comments.map((row) => row.author.name),
      comments.map((row) => row.body.markdown),
      comments.map((row) => row.body.html),
      comments.map((row) => row.body.text),
      comments.map((row) => row.comment.createdAt.at),
      comments.map((row) => row.comment.createdAt.precision),
      comments.map((row) => row.comment.key),
      comments.map((row) => row.comment.state !== 'SHOWN'),
      comments.map((row) => row.replies.published),
      comments.map((row) => row.replies.listed),
      comments.map((row) => row.replies.descendants),
      comments.map((row) => row.comment.likes ?? 0),
      comments.map((row) => row.author.id),
      comments.map((row) => row.author.accountId),
    ],
  );
}

/** Adds new replies to the counts of comments that were there before. */
export async function updateGrownCounts(
  tx: Tx,
  grown: Iterable<CommentKey & { readonly replies: Replies }>,
): Promise<void> {
  for (const chunk of chunksOf(grown)) {
    await tx.query(
      `UPDATE comment_counter k SET reply_count = reply_count + r.published,
         listed_reply_count = listed_reply_count + r.listed, descendant_count = descendant_count + r.descendants,
         ever_replied = ever_replied OR r.listed > 0
       FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::int[])
         AS r(article_id, id, published, listed, descendants)
       WHERE k.article_id = r.article_id AND k.comment_id = r.id`,
      [
        ...keysOf(chunk),
        chunk.map(({ replies }) => replies.published),
        chunk.map(({ replies }) => replies.listed),
        chunk.map(({ replies }) => replies.descendants),
      ],
    );
  }
}

/** Stores the old texts as revisions and replaces them with the new ones. */
export async function updateCommentBodies(tx: Tx, bodies: readonly (Body & CommentKey)[]): Promise<void> {
  await tx.query(
    `WITH kept AS (
  INSERT INTO comment_revision (article_id, comment_id, revision, body_markdown)
  SELECT c.article_id, c.id, c.revision, c.body_markdown
  FROM ${given} JOIN comment c ON c.article_id = g.article_id AND c.id = g.id
)
UPDATE comment c SET body_markdown = r.markdown, body_html = r.html, body_text = r.text, revision = ${nextRevisionSql},
  edited_at = clock_timestamp()
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]) AS r(article_id, id, markdown, html, text)
WHERE c.article_id = r.article_id AND c.id = r.id`,
    [
      ...keysOf(bodies),
      bodies.map((body) => body.markdown),
      bodies.map((body) => body.html),
      bodies.map((body) => body.text),
    ],
  );
}

/** Changes the authors of comments that no account has. */
export async function updateAuthors(
  tx: Tx,
  renamed: readonly (CommentKey & { readonly author: CommentAuthorColumns })[],
): Promise<void> {
  await tx.query(
    `UPDATE comment c SET author_name = r.name, imported_author_id = r.author_id, account_id = r.account_id
     FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
       AS r(article_id, id, name, author_id, account_id)
     WHERE c.article_id = r.article_id AND c.id = r.id`,
    [
      ...keysOf(renamed),
      renamed.map((row) => row.author.name),
      renamed.map((row) => row.author.id),
      renamed.map((row) => row.author.accountId),
    ],
  );
}

/** Replaces the imported likes of comments that are shown, beside the reactions of accounts. */
export async function updateImportedLikes(
  tx: Tx,
  liked: readonly (CommentKey & { readonly likes: number })[],
): Promise<void> {
  await tx.query(
    `UPDATE comment_counter k SET imported_like_count = r.likes,
       like_count = k.like_count + r.likes - k.imported_like_count, score = k.score + r.likes - k.imported_like_count
     FROM unnest($1::bigint[], $2::bigint[], $3::int[]) AS r(article_id, id, likes)
     WHERE k.article_id = r.article_id AND k.comment_id = r.id`,
    [...keysOf(liked), liked.map((row) => row.likes)],
  );
}
