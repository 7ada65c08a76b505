import type { Tx } from '../db/database.ts';
import type { ReportState } from './comment-report.entity.ts';

/** How open reports are closed, and by which decision. */
export interface ReportVerdict {
  readonly state: Exclude<ReportState, 'OPEN'>;
  readonly decisionId: string;
  /** Ids of the reports; absent: all that are open. */
  readonly ids?: readonly string[];
}

/** A comment of which reports are closed or opened. */
interface ReportedKey {
  readonly articleId: string;
  readonly commentId: string;
}

/**
 * Closes open reports of a locked comment. Must run before the comment is removed, which would make them out of date.
 * @returns the number of reports that were closed
 */
export function closeReports(
  tx: Tx,
  { articleId, commentId }: ReportedKey,
  verdict: ReportVerdict,
): Promise<number> {
  return closeAllReports(tx, articleId, [commentId], verdict);
}

/** As `closeReports`, for several comments of one article. */
export async function closeAllReports(
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

/** Opens the reports again that a decision has closed, because it is undone. */
export async function reopenReports(
  tx: Tx,
  { articleId, commentId }: ReportedKey,
  decisionId: string,
): Promise<void> {
  await reopenAllReports(tx, articleId, [commentId], decisionId);
}

/** As `reopenReports`, for several comments of one article. @returns those of which there were such reports */
export async function reopenAllReports(
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
export async function outdateAllReports(
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
