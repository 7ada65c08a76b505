import type { Tx } from '../../platform/db/database.ts';

/** Lock under which nodes that start at the same moment seed one after the other; the number has no meaning. */
export const seedLock = 7_301_944;

/** @returns false if another node seeds */
export async function tryLockSeeding(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [
    seedLock,
  ]);
  return row?.locked === true;
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

export async function selectArticleOfDemo(tx: Tx, slug: string): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>('SELECT id::text AS id FROM article WHERE slug = $1', [slug]);
  return row?.id;
}

/** A comment of a demo article, with its place in the thread. */
export interface SeededComment {
  readonly articleId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly importKey: string;
  readonly accountId: string | null;
}

export function selectSeededComments(
  tx: Tx,
  slug: string,
  importKeys: readonly string[],
): Promise<SeededComment[]> {
  return tx.query<SeededComment>(
    `SELECT c.article_id::text AS "articleId", c.id::text AS id, c.parent_id::text AS "parentId",
       c.root_id::text AS "rootId", c.import_key AS "importKey", c.account_id::text AS "accountId"
     FROM comment c JOIN article a ON a.id = c.article_id WHERE a.slug = $1 AND c.import_key = ANY($2)
     ORDER BY c.id`,
    [slug, importKeys],
  );
}

/** Decrements the number of published comments of an article, without an event. */
export async function updateCommentCountDown(tx: Tx, articleId: string): Promise<void> {
  await tx.query('UPDATE article_counter SET comment_count = comment_count - 1 WHERE article_id = $1', [
    articleId,
  ]);
}

/** Gives a byline to an account, whose picture is the byline's from then on. */
export async function updateByline(tx: Tx, slug: string, accountId: string): Promise<void> {
  const rows = await tx.query(
    `WITH linked AS (UPDATE journalist SET account_id = $2 WHERE slug = $1 RETURNING photo_url)
     UPDATE account SET avatar_url = photo_url FROM linked WHERE id = $2 RETURNING id`,
    [slug, accountId],
  );
  if (rows.length !== 1) throw new Error(`The demo has no journalist ${slug}`);
}

/** Gives accounts the imported comments that bear their names. */
export async function updateAuthors(tx: Tx, accountIds: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE comment c SET account_id = u.id FROM account u
     WHERE u.id = ANY($1::bigint[]) AND c.author_name = u.name AND c.import_key IS NOT NULL
       AND c.status = 'PUBLISHED'`,
    [accountIds],
  );
}
