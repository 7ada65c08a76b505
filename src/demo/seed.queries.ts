import type { Tx } from '../db/database.ts';

/** Lock under which nodes that start at the same moment seed one after the other; the number has no meaning. */
const seedLock = 7_301_944;

export async function lockSeeding(tx: Tx): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [seedLock]);
}

/** Whether the database has neither an account nor an article. */
export async function isDatabaseEmpty(tx: Tx): Promise<boolean> {
  const [state] = await tx.query<{ empty: boolean }>(
    'SELECT NOT EXISTS (SELECT FROM account) AND NOT EXISTS (SELECT FROM article) AS empty',
  );
  return state?.empty === true;
}

export async function updateFeatured(tx: Tx, slug: string, importKeys: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE endorsement SET featured = true
     WHERE article_id = (SELECT id FROM article WHERE slug = $1) AND import_key = ANY($2)`,
    [slug, importKeys],
  );
}

/** A comment of a demo article, with its place in the thread. */
export interface SeededComment {
  readonly articleId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly rootId: string;
}

export function selectSeededComments(
  tx: Tx,
  slug: string,
  importKeys: readonly string[],
): Promise<SeededComment[]> {
  return tx.query<SeededComment>(
    `SELECT c.article_id::text AS "articleId", c.id::text AS id, c.parent_id::text AS "parentId",
       c.root_id::text AS "rootId"
     FROM comment c JOIN article a ON a.id = c.article_id WHERE a.slug = $1 AND c.import_key = ANY($2)`,
    [slug, importKeys],
  );
}

/** Decrements the number of published comments of an article, without an event. */
export async function updateCommentCountDown(tx: Tx, articleId: string): Promise<void> {
  await tx.query('UPDATE article_counter SET comment_count = comment_count - 1 WHERE article_id = $1', [
    articleId,
  ]);
}

/** Gives the byline of the open letter, the one article with signatures, to an account. */
export async function updateBylineOfLetter(tx: Tx, accountId: string): Promise<void> {
  await tx.query(
    `UPDATE journalist SET account_id = $1 WHERE id = (
       SELECT journalist_id FROM article JOIN signature ON article_id = article.id ORDER BY article.id LIMIT 1)`,
    [accountId],
  );
}
