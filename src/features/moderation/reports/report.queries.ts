import type { Role } from '../../../platform/auth/viewer.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';
import type { CommentReportEntity } from '../../../platform/screening/comment-report.entity.ts';
import { type ReporterRow, reporterColumns, reporterJoins } from './reporter.queries.ts';

/** A report to store. */
type NewReport = Readonly<
  Pick<CommentReportEntity, 'accountId' | 'subjectId' | 'reason' | 'note' | 'revision'>
>;

/** Whether an account has reported a comment, whatever became of that report. */
export async function hasReported(tx: Tx, key: CommentKey, accountId: string): Promise<boolean> {
  const rows = await tx.query(
    'SELECT FROM comment_report WHERE article_id = $1 AND comment_id = $2 AND account_id = $3',
    [key.articleId, key.id, accountId],
  );
  return rows.length > 0;
}

/** Stores a report of a locked comment. @returns false: the account has reported the comment before */
export async function insertReport(tx: Tx, key: CommentKey, report: NewReport): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO comment_report (article_id, comment_id, account_id, subject_id, reason, note, revision)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (article_id, comment_id, account_id) DO NOTHING RETURNING 1`,
    [key.articleId, key.id, report.accountId, report.subjectId, report.reason, report.note, report.revision],
  );
  return rows.length > 0;
}

/** Facts on which it depends whether reports take a comment back. */
interface HoldFacts {
  readonly authorRoles: readonly Role[];
  /** Whether a person has decided that this revision is, or stays, public. */
  readonly isDecided: boolean;
}

export async function selectHoldFacts(
  tx: Tx,
  key: CommentKey,
  { subjectId, revision }: Pick<NewReport, 'subjectId' | 'revision'>,
): Promise<HoldFacts> {
  const [row] = await tx.query<HoldFacts>(
    `SELECT coalesce((SELECT roles FROM account WHERE id = $3), '{}') AS "authorRoles",
       EXISTS (SELECT FROM moderation_decision d WHERE d.article_id = $1 AND d.comment_id = $2 AND d.revision = $4
         AND d.kind IN ('APPROVED', 'EDIT_APPROVED', 'KEPT', 'RESTORED') AND d.actor_kind = 'PERSON' AND d.undone_at IS NULL)
       AS "isDecided"`,
    [key.articleId, key.id, subjectId, revision],
  );
  if (!row) throw new Error('A statement without FROM has no row');
  return row;
}

/** Most reporters of one comment whose standing is looked at: the last ones, so that a report costs no more on a comment with many. */
const maxReporters = 100;

/** The accounts whose reports of a revision of a comment are open, the last reporter first, at most `maxReporters`. */
export function selectOpenReporters(tx: Tx, key: CommentKey, revision: number): Promise<ReporterRow[]> {
  return tx.query<ReporterRow>(
    `SELECT ${reporterColumns} FROM (
       SELECT account_id, id AS place FROM comment_report
       WHERE article_id = $1 AND comment_id = $2 AND state = 'OPEN' AND revision = $3 AND account_id IS NOT NULL
       ORDER BY id DESC LIMIT ${maxReporters}) s ${reporterJoins}
     ORDER BY s.place DESC`,
    [key.articleId, key.id, revision],
  );
}

/**
 * Stores that reports hold a revision of a locked comment, in place of what another phase has found in it before.
 * @param reports the number of reports that were counted
 */
export async function upsertHoldByReports(
  tx: Tx,
  key: CommentKey,
  { revision, reports }: { readonly revision: number; readonly reports: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO comment_hold (article_id, comment_id, revision, phase, rule) VALUES ($1, $2, $3, 'REPORTS', $4)
     ON CONFLICT (article_id, comment_id, revision)
     DO UPDATE SET phase = excluded.phase, match = NULL, rule = excluded.rule, held_at = excluded.held_at,
       due_at = NULL, hook_outcome = NULL, suspicion = NULL`,
    [key.articleId, key.id, revision, String(reports)],
  );
}
