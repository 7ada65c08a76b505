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
 * Closes open reports of locked comments of one article. Must run before the comments are removed, which would make them out of date.
 * @returns the number of reports that were closed
 */
export async function closeReports(
  tx: Tx,
  articleId: string,
  commentIds: readonly string[],
  { state, decisionId, ids }: ReportVerdict,
): Promise<number> {
  const rows = await tx.query(
    `UPDATE comment_report SET state = $3, decision_id = $4
     WHERE article_id = $1 AND comment_id = ANY($2::bigint[]) AND state = 'OPEN'
       AND ($5::bigint[] IS NULL OR id = ANY($5::bigint[]))
     RETURNING 1`,
    [articleId, commentIds, state, decisionId, ids ?? null],
  );
  return rows.length;
}

/**
 * Opens the reports of comments of one article again that a decision has closed, because it is undone.
 * @returns the comments of which there were such reports
 */
export async function reopenReports(
  tx: Tx,
  articleId: string,
  commentIds: readonly string[],
  decisionId: string,
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ commentId: string }>(
    `UPDATE comment_report SET state = 'OPEN', decision_id = NULL
     WHERE article_id = $1 AND comment_id = ANY($2::bigint[]) AND decision_id = $3 RETURNING comment_id::text AS "commentId"`,
    [articleId, commentIds, decisionId],
  );
  return new Set(rows.map(({ commentId }) => commentId));
}

/** Makes reports out of date that a decision has closed, because it is undone, and the comment stays removed without it. */
export async function outdateReports(
  tx: Tx,
  articleId: string,
  commentIds: readonly string[],
  decisionId: string,
): Promise<void> {
  await tx.query(
    `UPDATE comment_report SET state = 'OBSOLETE', decision_id = NULL
     WHERE article_id = $1 AND comment_id = ANY($2::bigint[]) AND decision_id = $3`,
    [articleId, commentIds, decisionId],
  );
}
