import type { Tx } from '../db/database.ts';
import type { ReportState } from './comment-report.entity.ts';

/** How open reports are closed, and by which decision. */
export interface ReportVerdict {
  readonly state: Exclude<ReportState, 'OPEN'>;
  readonly decisionId: string;
  /** Ids of the reports; absent: all that are open. */
  readonly ids?: readonly string[];
}

/**
 * Closes open reports of a locked comment. Must run before the comment is removed, which would make them out of date.
 * @returns the number of reports that were closed
 */
export async function closeReports(
  tx: Tx,
  { articleId, commentId }: { readonly articleId: string; readonly commentId: string },
  { state, decisionId, ids }: ReportVerdict,
): Promise<number> {
  const rows = await tx.query(
    `UPDATE comment_report SET state = $3, decision_id = $4
     WHERE article_id = $1 AND comment_id = $2 AND state = 'OPEN' AND ($5::bigint[] IS NULL OR id = ANY($5::bigint[]))
     RETURNING 1`,
    [articleId, commentId, state, decisionId, ids ?? null],
  );
  return rows.length;
}

/** Opens the reports again that a decision has closed, because it is undone. */
export async function reopenReports(
  tx: Tx,
  { articleId, commentId }: { readonly articleId: string; readonly commentId: string },
  decisionId: string,
): Promise<void> {
  await tx.query(
    `UPDATE comment_report SET state = 'OPEN', decision_id = NULL
     WHERE article_id = $1 AND comment_id = $2 AND decision_id = $3`,
    [articleId, commentId, decisionId],
  );
}
