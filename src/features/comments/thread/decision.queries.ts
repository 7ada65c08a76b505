import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { CommentKey } from './comment.queries.ts';

/** What a moderator has decided against a comment, or against a new text of a public one. */
export type DecisionKind = 'REJECTED' | 'REMOVED' | 'EDIT_REJECTED';

/** A decision that stands. */
export interface DecisionRow {
  readonly articleId: string;
  readonly commentId: string;
  readonly kind: DecisionKind;
  readonly reason: string | null;
}

/** The arrays are in subqueries for the reason given at `selectComments`. */
export function selectDecisions(db: Queryable, keys: readonly CommentKey[]): Promise<DecisionRow[]> {
  return db.query<DecisionRow>(
    `SELECT d.article_id::text AS "articleId", d.comment_id::text AS "commentId", d.kind, d.reason
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN comment_decision d ON d.article_id = s.article_id AND d.comment_id = s.id`,
    [keys.map((key) => key.articleId), keys.map((key) => key.id)],
  );
}

/** Stores a decision about a locked comment in place of an earlier one. */
export async function upsertDecision(
  tx: Tx,
  key: CommentKey,
  decision: { readonly kind: DecisionKind; readonly reason: string | null },
): Promise<void> {
  await tx.query(
    `INSERT INTO comment_decision (article_id, comment_id, kind, reason) VALUES ($1, $2, $3, $4)
     ON CONFLICT (article_id, comment_id)
     DO UPDATE SET kind = excluded.kind, reason = excluded.reason, decided_at = excluded.decided_at`,
    [key.articleId, key.id, decision.kind, decision.reason],
  );
}

/** Deletes the decision about a locked comment, because another one has replaced it. */
export async function deleteDecision(tx: Tx, key: CommentKey): Promise<void> {
  await tx.query('DELETE FROM comment_decision WHERE article_id = $1 AND comment_id = $2', [
    key.articleId,
    key.id,
  ]);
}
