import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { personalData } from '../../../platform/db/personal-data.ts';

/**
 * SQL for the digest of an e-mail address, or of another text that says who somebody is. It is the key of no cipher: whoever has
 * the database can try addresses, whoever has only the digests can't.
 * @param text SQL for the text
 */
export const digestSql = (text: string): string =>
  `(SELECT sha256(s.secret || convert_to(${text}, 'UTF8')) FROM imported_author_secret s)`;

/** SQL for the key of an author who was forgotten. @param key SQL for the key of before */
export const forgottenKeySql = (key: string): string => `'forgotten.' || encode(${digestSql(key)}, 'hex')`;

/** An imported author whom an account may claim. */
export interface ClaimableAuthorRow {
  readonly id: string;
  readonly name: string;
  readonly commentCount: number;
}

/** The most comments of an author that are counted: to count takes as long as there are comments. */
const maxCounted = 10_000;

/** SQL for the authors that have the proven address of account `a`. */
const ofAddress = `ia.email_digest = ${digestSql('a.email')} AND a.email_verified_at IS NOT NULL`;

/** Authors that have the proven address of an account and belong to none, those with the oldest keys first. */
export function selectClaimable(
  db: Queryable,
  accountId: string,
  limit: number,
): Promise<ClaimableAuthorRow[]> {
  return db.query(
    `SELECT ia.id::text AS id, ia.name, (SELECT count(*)::int FROM (
         SELECT FROM comment c JOIN article r ON r.id = c.article_id
         WHERE c.imported_author_id = ia.id AND c.status = 'PUBLISHED' AND r.status = 'PUBLISHED'
         LIMIT ${maxCounted}) x) AS "commentCount"
     FROM account a JOIN imported_author ia ON ${ofAddress}
     WHERE a.id = $1 AND ia.name IS NOT NULL ORDER BY ia.id LIMIT $2`,
    [accountId, limit],
  );
}

/**
 * Gives an author to an account that has proven the author's address. The comments follow.
 * @returns false for an author that has another address, or is claimed
 */
export async function updateClaimed(tx: Tx, accountId: string, authorId: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE imported_author ia SET account_id = a.id, email_digest = NULL, is_moving = true
     FROM account a WHERE a.id = $1 AND ia.id = $2 AND ${ofAddress} RETURNING ia.id`,
    [accountId, authorId],
  );
  return rows.length === 1;
}

/** Whether an account has claimed an author. */
export async function selectIsClaimedBy(tx: Tx, accountId: string, authorId: string): Promise<boolean> {
  const rows = await tx.query('SELECT FROM imported_author WHERE id = $1 AND account_id = $2', [
    authorId,
    accountId,
  ]);
  return rows.length === 1;
}

/** SQL of authors whose comments change hands; since when is not known. */
export const movingSql = 'SELECT clock_timestamp() FROM imported_author WHERE is_moving';

/** A claimed author, and an article with comments that the account does not have yet; null: there is none any more. */
export interface MovingAuthorRow {
  readonly id: string;
  readonly articleId: string | null;
}

export function selectMoving(db: Queryable): Promise<MovingAuthorRow[]> {
  return db.query(
    `SELECT ia.id::text AS id, (SELECT c.article_id::text FROM comment c
       WHERE c.imported_author_id = ia.id AND c.account_id IS NULL ORDER BY c.article_id LIMIT 1) AS "articleId"
     FROM imported_author ia WHERE ia.is_moving ORDER BY ia.id LIMIT 100`,
  );
}

/** The most comments that change hands in one transaction. */
const commentsAtATime = 1000;

/** A comment that has an account now. */
export interface MovedComment {
  readonly id: string;
  readonly wasPublished: boolean;
}

/** Gives comments of a claimed author under one article to the account. The author stays claimed meanwhile. */
export async function moveComments(tx: Tx, authorId: string, articleId: string): Promise<MovedComment[]> {
  const [author] = await tx.query<{ accountId: string }>(
    `SELECT account_id::text AS "accountId" FROM imported_author WHERE id = $1 AND is_moving FOR SHARE`,
    [authorId],
  );
  if (!author) return [];
  const locked = await tx.query<MovedComment>(
    `SELECT id::text AS id, status = 'PUBLISHED' AS "wasPublished" FROM comment c
     WHERE imported_author_id = $1 AND article_id = $2 AND account_id IS NULL ORDER BY c.id LIMIT $3 FOR UPDATE`,
    [authorId, articleId, commentsAtATime],
  );
  await tx.query('UPDATE comment SET account_id = $3 WHERE article_id = $1 AND id = ANY($2::bigint[])', [
    articleId,
    locked.map(({ id }) => id),
    author.accountId,
  ]);
  return locked;
}

/** Ends the moving of an author all of whose comments have the account. */
export async function updateMoved(db: Queryable, authorId: string): Promise<void> {
  await db.query(
    `UPDATE imported_author ia SET is_moving = false WHERE id = $1 AND is_moving
       AND NOT EXISTS (SELECT FROM comment c WHERE c.imported_author_id = ia.id AND c.account_id IS NULL)`,
    [authorId],
  );
}

/**
 * Gives all authors that have the proven address of an account to the account, which is being erased, and deletes the names.
 * No comment moves: the erasure finds them by their author.
 */
export async function forgetAuthors(tx: Tx, accountId: string): Promise<void> {
  await tx.query(
    `UPDATE imported_author ia SET account_id = a.id, email_digest = NULL FROM account a WHERE a.id = $1 AND ${ofAddress}`,
    [accountId],
  );
  await tx.query('UPDATE imported_author SET name = NULL, is_moving = false WHERE account_id = $1', [
    accountId,
  ]);
}

/** Ends the authors of an account that is erased: a digest of their key is left, so that no import brings them back. */
export async function updateForgotten(tx: Tx, accountId: string): Promise<void> {
  await tx.query(
    `UPDATE imported_author ia SET account_id = NULL, name = NULL, forgotten_at = clock_timestamp(),
       key = ${forgottenKeySql('ia.key')}
     WHERE account_id = $1`,
    [accountId],
  );
}

/** Imported authors that an account has claimed, or may claim by its proven address. Claimed comments are its own. */
export const importedAuthorData = personalData(
  'importedAuthors',
  `SELECT ia.id::text AS key, jsonb_build_object('key', ia.key, 'name', ia.name, 'claimed', ia.account_id IS NOT NULL,
     'comments', (SELECT count(*) FROM comment c WHERE c.imported_author_id = ia.id)) AS data
   FROM account a JOIN imported_author ia ON ia.account_id = a.id
     OR (ia.email_digest = ${digestSql('a.email')} AND a.email_verified_at IS NOT NULL)
   WHERE a.id = $1 AND ia.id > $2::bigint ORDER BY ia.id LIMIT $3`,
  '0',
);
