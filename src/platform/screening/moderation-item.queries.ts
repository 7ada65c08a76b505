import type { Queryable, Tx } from '../db/database.ts';
import type { ModerationItemEntity } from './moderation-item.entity.ts';

/** What waits: a comment, a new text of a public one, or a comment that was public and was taken back. */
export type HeldKind = NonNullable<ModerationItemEntity['held']>;

/** An entry of the queue. A claim that is over is none: `claimedBy` is null, as it is if nobody works on the comment. */
export type ModerationItemRow = Readonly<ModerationItemEntity>;

/** SQL for the columns of an entry of the table `x`. */
export const itemColumns = `x.article_id::text AS "articleId", x.comment_id::text AS "commentId", x.ordinal::text AS ordinal,
  x.account_id::text AS "accountId", x.held, x.reports, x.phase, x.since,
  CASE WHEN x.claimed_until > clock_timestamp() THEN x.claimed_by::text END AS "claimedBy",
  CASE WHEN x.claimed_until > clock_timestamp() THEN x.claimed_until END AS "claimedUntil"`;

/** Locks the entry of a locked comment; undefined: it is not in the queue. */
export async function lockItem(
  tx: Tx,
  articleId: string,
  commentId: string,
): Promise<ModerationItemRow | undefined> {
  const [row] = await tx.query<ModerationItemRow>(
    `SELECT ${itemColumns} FROM moderation_item x WHERE x.article_id = $1 AND x.comment_id = $2 FOR UPDATE`,
    [articleId, commentId],
  );
  return row;
}

export type ItemKey = Pick<ModerationItemRow, 'articleId' | 'commentId'>;

export function selectItems(db: Queryable, keys: readonly ItemKey[]): Promise<ModerationItemRow[]> {
  return db.query<ModerationItemRow>(
    `SELECT ${itemColumns}
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, comment_id)
JOIN moderation_item x ON x.article_id = s.article_id AND x.comment_id = s.comment_id`,
    [keys.map(({ articleId }) => articleId), keys.map(({ commentId }) => commentId)],
  );
}

/**
 * Stores that public comments which are removed next were taken back, and wait: they are in the queue from then on.
 * @param by the author of all of them, and what holds them
 */
export async function markTakenBack(
  tx: Tx,
  articleId: string,
  commentIds: readonly string[],
  by: { readonly accountId: string | null; readonly phase: string | null },
): Promise<void> {
  if (commentIds.length === 0) return;
  await tx.query(
    `INSERT INTO moderation_item (article_id, comment_id, account_id, held, phase)
     SELECT $1, id, $3, 'REPORTS', $4 FROM unnest($2::bigint[]) AS id
     ON CONFLICT (article_id, comment_id) DO UPDATE SET held = excluded.held, phase = excluded.phase`,
    [articleId, commentIds, by.accountId, by.phase],
  );
}

/** Takes removed comments out of the queue: what was taken back stays removed. */
export async function settleTakenBack(
  tx: Tx,
  articleId: string,
  commentIds: readonly string[],
): Promise<void> {
  if (commentIds.length === 0) return;
  await tx.query('SELECT set_moderation_held($1, id, NULL, NULL) FROM unnest($2::bigint[]) AS id', [
    articleId,
    commentIds,
  ]);
}

/**
 * Takes a locked comment that reports have taken back out of the queue, because nothing is left to decide: its author has removed it.
 * Its reports are out of date.
 * @returns false: reports hold no such comment, and nothing has changed
 */
export async function withdrawHeldByReports(tx: Tx, { articleId, commentId }: ItemKey): Promise<boolean> {
  const held = await tx.query(
    `DELETE FROM moderation_item WHERE article_id = $1 AND comment_id = $2 AND held = 'REPORTS' RETURNING 1`,
    [articleId, commentId],
  );
  if (held.length === 0) return false;
  await tx.query(
    `UPDATE comment_report SET state = 'OBSOLETE' WHERE article_id = $1 AND comment_id = $2 AND state = 'OPEN'`,
    [articleId, commentId],
  );
  return true;
}

/** Gives texts that wait the phase again that has held them, after they came back to the queue. */
export async function restorePhases(
  tx: Tx,
  articleId: string,
  texts: readonly { readonly commentId: string; readonly revision: number }[],
): Promise<void> {
  if (texts.length === 0) return;
  await tx.query(
    `UPDATE moderation_item i SET phase = h.phase
     FROM unnest($2::bigint[], $3::int[]) AS s(comment_id, revision)
     JOIN comment_hold h ON h.article_id = $1 AND h.comment_id = s.comment_id AND h.revision = s.revision
     WHERE i.article_id = $1 AND i.comment_id = s.comment_id AND i.held IS NOT NULL`,
    [articleId, texts.map(({ commentId }) => commentId), texts.map(({ revision }) => revision)],
  );
}

/** The same for one text. */
export const restorePhase = (tx: Tx, { articleId, commentId }: ItemKey, revision: number): Promise<void> =>
  restorePhases(tx, articleId, [{ commentId, revision }]);

/** An entry of the queue, and whose comment it is. */
export interface AuthoredItem extends ItemKey {
  /** The comment's author; null if it has no account. */
  readonly authorId: string | null;
}

/** The result of a claim. */
export interface ClaimedItem extends AuthoredItem {
  /** Whether the claim is the account's now. */
  readonly isClaimed: boolean;
  /** Whether it was the account's before: then it was made longer, and nobody need be told. */
  readonly wasClaimed: boolean;
  readonly until: Date;
}

/**
 * Claims entries for an account, in the order of the queue, unless somebody else works on them, or they are the account's own: others
 * have to decide about those. Entries that are not in the queue are left out.
 */
export function claimItems(
  tx: Tx,
  keys: readonly ItemKey[],
  { accountId, seconds }: { readonly accountId: string; readonly seconds: number },
): Promise<ClaimedItem[]> {
  return tx.query<ClaimedItem>(
    `WITH found AS (
  SELECT x.article_id, x.comment_id, x.account_id, x.claimed_by, x.claimed_until > clock_timestamp() AS is_running, x.claimed_until
  FROM moderation_item x
  JOIN unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, comment_id)
    ON x.article_id = s.article_id AND x.comment_id = s.comment_id
  ORDER BY x.article_id, x.comment_id FOR UPDATE OF x
), claimed AS (
  UPDATE moderation_item x SET claimed_by = $3, claimed_until = clock_timestamp() + make_interval(secs => $4)
  FROM found f WHERE x.article_id = f.article_id AND x.comment_id = f.comment_id
    AND x.account_id IS DISTINCT FROM $3 AND (f.claimed_by IS NULL OR f.claimed_by = $3 OR NOT f.is_running)
  RETURNING x.article_id, x.comment_id, x.claimed_until
)
SELECT f.article_id::text AS "articleId", f.comment_id::text AS "commentId", f.account_id::text AS "authorId",
  c.article_id IS NOT NULL AS "isClaimed",
  coalesce(f.claimed_by = $3 AND f.is_running, false) AS "wasClaimed", coalesce(c.claimed_until, f.claimed_until) AS until
FROM found f LEFT JOIN claimed c ON c.article_id = f.article_id AND c.comment_id = f.comment_id`,
    [keys.map(({ articleId }) => articleId), keys.map(({ commentId }) => commentId), accountId, seconds],
  );
}

/** Gives claims of an account back. @returns the entries whose claims still ran */
export function releaseItems(tx: Tx, keys: readonly ItemKey[], accountId: string): Promise<AuthoredItem[]> {
  return tx.query<AuthoredItem>(
    `WITH found AS (
  SELECT x.article_id, x.comment_id, x.account_id, x.claimed_until > clock_timestamp() AS is_running FROM moderation_item x
  JOIN unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, comment_id)
    ON x.article_id = s.article_id AND x.comment_id = s.comment_id
  WHERE x.claimed_by = $3 ORDER BY x.article_id, x.comment_id FOR UPDATE OF x
), released AS (
  UPDATE moderation_item x SET claimed_by = NULL, claimed_until = NULL
  FROM found f WHERE x.article_id = f.article_id AND x.comment_id = f.comment_id
)
SELECT article_id::text AS "articleId", comment_id::text AS "commentId", account_id::text AS "authorId" FROM found WHERE is_running`,
    [keys.map(({ articleId }) => articleId), keys.map(({ commentId }) => commentId), accountId],
  );
}
