import type { LockedCommentRow } from '../../comments/writing/comment-write.queries.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { ordinalSql } from '../../../platform/db/ordinal.ts';
import type { ModerationActorKind } from '../../../platform/screening/moderation-event-kinds.ts';
import type { HeldKind } from '../../../platform/screening/moderation-item.queries.ts';
import type { ModerationDecisionRow } from '../../../platform/screening/moderation-decision.queries.ts';

/** A removal, or the undoing of one, that is not done yet. */
export interface RemovalWorkRow {
  readonly decisionId: string;
  readonly accountId: string;
  readonly restores: boolean;
  readonly reason: string | null;
  /** Who has decided, or undone that. */
  readonly actorKind: ModerationActorKind;
  readonly actorId: string | null;
}

/** SQL for whether a comment `c` is not removed, or is and may come back, because reports have taken it back. */
const leftToRemoveSql = `(c.status <> 'REMOVED' OR EXISTS (SELECT FROM moderation_item i
       WHERE i.article_id = c.article_id AND i.comment_id = c.id AND i.held = 'REPORTS'))`;

/** Stores the work of a decision, which any node begins. */
export async function insertRemoval(
  tx: Tx,
  { decisionId, accountId }: { readonly decisionId: string; readonly accountId: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO comment_removal (decision_id, account_id, since, up_to, from_ordinal)
     SELECT d.id, $2, d.since, d.decided_at, ${ordinalSql('d.since', '0::bigint')} FROM moderation_decision d WHERE d.id = $1`,
    [decisionId, accountId],
  );
}

/** What is decided about everything that an account has written since a time. */
interface RemovalFacts {
  readonly actorId: string;
  readonly subjectId: string;
  readonly reason: string;
  readonly note: string | null;
  readonly since: Date;
}

/**
 * The last decision of the same moderator that says the same and stands, unless something was written or brought back that it does not
 * remove. @returns its id
 */
export async function findRemovalThatStands(tx: Tx, facts: RemovalFacts): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `SELECT d.id::text AS id FROM moderation_decision d JOIN comment_removal w ON w.decision_id = d.id AND NOT w.restores
     WHERE d.subject_id = $1 AND d.kind = 'REMOVED_SINCE' AND d.actor_id = $2 AND d.reason = $3
       AND d.note IS NOT DISTINCT FROM $4 AND d.since = $5 AND d.undone_at IS NULL
       AND NOT EXISTS (SELECT FROM comment c WHERE c.account_id = w.account_id AND ${leftToRemoveSql}
         AND c.ordinal > CASE WHEN w.look_at IS NULL THEN ${ordinalSql('w.since', '0::bigint')}
           ELSE ${ordinalSql('w.up_to', '255::bigint')} END)
     ORDER BY d.id DESC LIMIT 1`,
    [facts.subjectId, facts.actorId, facts.reason, facts.note, facts.since],
  );
  return row?.id;
}

/** Has the comments that a decision has removed put back. @returns false if there is no such work, because the account is gone */
export async function updateRemovalUndone(tx: Tx, decisionId: string): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE comment_removal SET restores = true, look_at = clock_timestamp() WHERE decision_id = $1 RETURNING 1',
    [decisionId],
  );
  return rows.length === 1;
}

/** SQL of removals that are to go on now. */
export const dueRemovalsSql = 'SELECT look_at FROM comment_removal WHERE look_at <= now() ORDER BY look_at';

/**
 * Locks the work that has waited longest, of that which no other node has, and the account that it is about. The lock is the lease: the
 * work of a node that dies is free at once, and stands where its last batch has left it. Works on one account run one after the other,
 * and none of them while one is decided or undone: what one puts back, a later one finds.
 */
export async function lockRemoval(tx: Tx): Promise<RemovalWorkRow | undefined> {
  const [row] = await tx.query<RemovalWorkRow>(
    `SELECT w.decision_id::text AS "decisionId", w.account_id::text AS "accountId", w.restores, d.reason,
       CASE WHEN NOT w.restores THEN d.actor_kind
         WHEN EXISTS (SELECT FROM service_account s WHERE s.account_id = d.undone_by) THEN 'SERVICE_ACCOUNT'
         ELSE 'PERSON' END AS "actorKind",
       CASE WHEN w.restores THEN d.undone_by ELSE d.actor_id END::text AS "actorId"
     FROM comment_removal w JOIN moderation_decision d ON d.id = w.decision_id
     WHERE w.decision_id = (SELECT r.decision_id FROM comment_removal r JOIN account a ON a.id = r.account_id
       WHERE r.look_at <= now() ORDER BY r.look_at LIMIT 1 FOR NO KEY UPDATE OF r, a SKIP LOCKED)`,
  );
  return row;
}

/** A comment of a batch. */
export interface BatchCommentRow {
  readonly articleId: string;
  readonly id: string;
  readonly ordinal: string;
  /** Whether reports had taken back what is put back. */
  readonly wasTakenBack: boolean;
}

/** The next comments to remove, oldest first, of any article: also those that reports have taken back, and that may come back. */
export function selectNextToRemove(tx: Tx, decisionId: string, limit: number): Promise<BatchCommentRow[]> {
  return tx.query<BatchCommentRow>(
    `SELECT c.article_id::text AS "articleId", c.id::text AS id, c.ordinal::text AS ordinal, false AS "wasTakenBack"
     FROM comment_removal w JOIN comment c ON c.account_id = w.account_id
       AND c.ordinal BETWEEN w.from_ordinal AND ${ordinalSql('w.up_to', '255::bigint')}
     WHERE w.decision_id = $1 AND ${leftToRemoveSql} ORDER BY c.ordinal, c.id LIMIT $2`,
    [decisionId, limit],
  );
}

/** The next comments to put back, of any article. */
export function selectNextToRestore(tx: Tx, decisionId: string, limit: number): Promise<BatchCommentRow[]> {
  return tx.query<BatchCommentRow>(
    `SELECT m.article_id::text AS "articleId", m.comment_id::text AS id, '0' AS ordinal, m.held IS NOT NULL AS "wasTakenBack"
     FROM comment_removal w JOIN moderation_decision_comment m ON m.decision_id = w.decision_id
       AND (m.article_id, m.comment_id) > (w.restored_article_id, w.restored_comment_id)
     WHERE w.decision_id = $1 ORDER BY m.article_id, m.comment_id LIMIT $2`,
    [decisionId, limit],
  );
}

type LockedBatchComment = Pick<
  LockedCommentRow,
  'status' | 'removedStatus' | 'isWithdrawn' | 'parentId' | 'rootId' | 'listed' | 'revision' | 'bodyMarkdown'
> & { readonly id: string };

export type LockedBatchRow = LockedBatchComment & {
  /** Whether the moderators' queue has it. */
  readonly isQueued: boolean;
  /** What waits of it. */
  readonly held: HeldKind | null;
};

/**
 * Locks comments of an account under one article, in the order of their ids, against every change and every new reply, and then their
 * entries in the queue in the same order, as claims do.
 */
export async function lockBatch(
  tx: Tx,
  { articleId, ids, accountId }: { articleId: string; ids: readonly string[]; accountId: string },
): Promise<LockedBatchRow[]> {
  const comments = await tx.query<LockedBatchComment>(
    `SELECT c.id::text AS id, c.status, c.removed_status AS "removedStatus", c.withdrawn_at IS NOT NULL AS "isWithdrawn",
       c.parent_id::text AS "parentId", c.root_id::text AS "rootId", c.listed, c.revision, c.body_markdown AS "bodyMarkdown"
     FROM comment c WHERE c.article_id = $1 AND c.id = ANY($2::bigint[]) AND c.account_id = $3
     ORDER BY c.id FOR UPDATE OF c`,
    [articleId, ids, accountId],
  );
  const items = await tx.query<{ id: string; held: HeldKind | null }>(
    `SELECT comment_id::text AS id, held FROM moderation_item WHERE article_id = $1 AND comment_id = ANY($2::bigint[])
     ORDER BY comment_id FOR UPDATE`,
    [articleId, comments.map(({ id }) => id)],
  );
  const heldOf = new Map(items.map(({ id, held }) => [id, held]));
  return comments.map((comment) => ({
    ...comment,
    isQueued: heldOf.has(comment.id),
    held: heldOf.get(comment.id) ?? null,
  }));
}

/** The counter of a comment. */
export interface LockedCounterRow {
  readonly id: string;
  readonly everReplied: boolean;
}

/**
 * Locks the counters of locked comments and of their ancestors, from the first comment of each thread downwards, as every other
 * writer does. @returns the comments in that order
 */
export async function lockCounters(
  tx: Tx,
  articleId: string,
  ids: readonly string[],
): Promise<readonly LockedCounterRow[]> {
  const rows = await tx.query<LockedCounterRow>(
    `WITH touched AS (
       SELECT unnest(ARRAY[c.id, c.parent_id, c.root_id]) AS id FROM comment c
       WHERE c.article_id = $1 AND c.id = ANY($2::bigint[])
     )
     SELECT k.comment_id::text AS id, k.ever_replied AS "everReplied" FROM comment_counter k
     JOIN comment c ON c.article_id = k.article_id AND c.id = k.comment_id
     WHERE k.article_id = $1 AND k.comment_id IN (SELECT id FROM touched) ORDER BY c.path FOR NO KEY UPDATE OF k`,
    [articleId, ids],
  );
  const wanted = new Set(ids);
  return rows.filter(({ id }) => wanted.has(id));
}

/** Stores which comments a decision has removed, and which of them reports had taken back. */
export async function insertRemoved(
  tx: Tx,
  { decisionId }: Pick<RemovalWorkRow, 'decisionId'>,
  articleId: string,
  comments: readonly Pick<LockedBatchRow, 'id' | 'held'>[],
): Promise<void> {
  const ids = comments.map(({ id }) => id);
  await tx.query(
    `INSERT INTO moderation_decision_comment (decision_id, article_id, comment_id, held)
     SELECT $1, $2, id, CASE WHEN held = 'REPORTS' THEN held END FROM unnest($3::bigint[], $4::text[]) AS s(id, held)
     ON CONFLICT DO NOTHING`,
    [decisionId, articleId, ids, comments.map(({ held }) => held)],
  );
}

/** Those of some comments about which moderators have decided after a decision. */
export async function selectDecidedLater(
  tx: Tx,
  decisionId: string,
  articleId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT DISTINCT comment_id::text AS id FROM moderation_decision
     WHERE article_id = $1 AND comment_id = ANY($2::bigint[]) AND id > $3 AND undone_at IS NULL`,
    [articleId, ids, decisionId],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Those of some comments that a later removal has found removed already, by the last such decision that stands: they stay removed when
 * what has removed them is undone.
 * @param after the decision that is undone
 * @returns decisions by the comment's id
 */
export async function selectCoveredLater(
  tx: Tx,
  after: string,
  articleId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; decisionId: string }>(
    `SELECT c.id::text AS id, max(w.decision_id)::text AS "decisionId" FROM comment c
     JOIN comment_removal w ON w.account_id = c.account_id AND NOT w.restores AND w.decision_id > $3
       AND c.ordinal BETWEEN ${ordinalSql('w.since', '0::bigint')} AND ${ordinalSql('w.up_to', '255::bigint')}
     WHERE c.article_id = $1 AND c.id = ANY($2::bigint[]) GROUP BY c.id`,
    [articleId, ids, after],
  );
  return new Map(rows.map(({ id, decisionId }) => [id, decisionId]));
}

/** The decisions before another one that have removed a comment, the last one first. */
export function selectRemovalsBefore(
  tx: Tx,
  { id }: Pick<ModerationDecisionRow, 'id'>,
  comment: { readonly articleId: string; readonly id: string; readonly accountId: string | null },
): Promise<Pick<ModerationDecisionRow, 'undoneAt'>[]> {
  return tx.query(
    `SELECT d.undone_at AS "undoneAt" FROM moderation_decision d WHERE d.id < $4 AND d.id IN (
       SELECT x.id FROM moderation_decision x WHERE x.article_id = $1 AND x.comment_id = $2 AND x.kind = 'REMOVED'
       UNION ALL
       SELECT m.decision_id FROM comment_removal w JOIN moderation_decision_comment m ON m.decision_id = w.decision_id
       WHERE w.account_id = $3 AND m.article_id = $1 AND m.comment_id = $2)
     ORDER BY d.id DESC`,
    [comment.articleId, comment.id, comment.accountId, id],
  );
}

/**
 * Has comments that a decision has removed put back with the later one that covers each of them, as this one would have put them
 * back.
 */
export async function moveCovered(
  tx: Tx,
  decisionId: string,
  articleId: string,
  covered: ReadonlyMap<string, string>,
): Promise<void> {
  if (covered.size === 0) return;
  await tx.query(
    `WITH covered AS (SELECT * FROM unnest($3::bigint[], $4::bigint[]) AS s(id, decision_id)), reports AS (
  UPDATE comment_report r SET decision_id = s.decision_id FROM covered s
  WHERE r.article_id = $2 AND r.comment_id = s.id AND r.decision_id = $1
)
INSERT INTO moderation_decision_comment (decision_id, article_id, comment_id, held)
SELECT s.decision_id, $2, s.id, m.held FROM covered s
LEFT JOIN moderation_decision_comment m ON m.decision_id = $1 AND m.article_id = $2 AND m.comment_id = s.id
ON CONFLICT DO NOTHING`,
    [decisionId, articleId, [...covered.keys()], [...covered.values()]],
  );
}

export async function updateRemovedUpTo(tx: Tx, decisionId: string, ordinal: string): Promise<void> {
  await tx.query('UPDATE comment_removal SET from_ordinal = $2 WHERE decision_id = $1', [
    decisionId,
    ordinal,
  ]);
}

export async function updateRestoredUpTo(
  tx: Tx,
  decisionId: string,
  { articleId, id }: { readonly articleId: string; readonly id: string },
): Promise<void> {
  await tx.query(
    'UPDATE comment_removal SET restored_article_id = $2, restored_comment_id = $3 WHERE decision_id = $1',
    [decisionId, articleId, id],
  );
}

export async function updateRemovalDone(tx: Tx, decisionId: string): Promise<void> {
  await tx.query('UPDATE comment_removal SET look_at = NULL WHERE decision_id = $1', [decisionId]);
}

/**
 * Keeps works on the account of a removed comment from beginning until the transaction ends: one that removes would not find what is
 * put back meanwhile.
 */
export async function holdRemovals(tx: Tx, accountId: string): Promise<void> {
  await tx.query('SELECT FROM account WHERE id = $1 FOR SHARE', [accountId]);
}

/** Puts a work off that has failed, so that it does not stop the others. */
export async function postponeRemoval(db: Queryable, decisionId: string, seconds: number): Promise<void> {
  await db.query(
    `UPDATE comment_removal SET look_at = clock_timestamp() + make_interval(secs => $2)
     WHERE decision_id = $1 AND look_at IS NOT NULL`,
    [decisionId, seconds],
  );
}

/** How far a removal has come. */
export interface RemovalProgressRow {
  readonly decisionId: string;
  readonly commentCount: number;
  readonly isDone: boolean;
}

export function selectRemovalProgress(
  db: Queryable,
  decisionIds: readonly string[],
): Promise<RemovalProgressRow[]> {
  return db.query<RemovalProgressRow>(
    `SELECT k.id::text AS "decisionId",
       (SELECT count(*)::int FROM moderation_decision_comment m WHERE m.decision_id = k.id) AS "commentCount",
       NOT EXISTS (SELECT FROM comment_removal w WHERE w.decision_id = k.id AND w.look_at IS NOT NULL) AS "isDone"
     FROM unnest((SELECT $1::bigint[])) AS k(id)`,
    [decisionIds],
  );
}

/** Forgets the work on comments of an account that is erased: they belong to nobody by now. */
export async function deleteRemovals(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM comment_removal WHERE account_id = $1', [accountId]);
}
