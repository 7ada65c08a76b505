import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetRow,
  type ListRange,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';
import type { CommentReportEntity, ReportState } from '../../../platform/screening/comment-report.entity.ts';

/** A report in a list. */
export type ReportRow = Readonly<Omit<CommentReportEntity, 'decisionId'>> & KeysetRow;

const columns = `page.id::text AS id, page.article_id::text AS "articleId", page.comment_id::text AS "commentId",
  page.account_id::text AS "accountId", page.subject_id::text AS "subjectId", page.reason, page.note, page.revision, page.state, page.created_at AS "createdAt"`;

const list = (scope: Readonly<Record<string, string>>, where: string) => ({
  table: 'comment_report',
  scope,
  where,
  keys: ['id'],
  descending: true,
  pageColumns: [
    'id',
    'article_id',
    'comment_id',
    'account_id',
    'subject_id',
    'reason',
    'note',
    'revision',
    'state',
    'created_at',
  ],
});

/** Selects a page of the reports of each comment, the newest first. */
export function selectReportPages(
  db: Queryable,
  keys: readonly CommentKey[],
  range: ListRange,
): Promise<Found<ReportRow>[]> {
  const scopes = [keys.map(({ articleId }) => articleId), keys.map(({ id }) => id)];
  return selectKeysetPages<ReportRow>(db, { scopes, ...range }, () => ({
    list: list(
      { article_id: 'bigint', comment_id: 'bigint' },
      'x.article_id = s.article_id AND x.comment_id = s.comment_id',
    ),
    columns,
  }));
}

/** Selects a page of the reports by each account, the newest first. */
export function selectReportPagesBy(
  db: Queryable,
  accountIds: readonly string[],
  range: ListRange,
): Promise<Found<ReportRow>[]> {
  return selectKeysetPages<ReportRow>(db, { scopes: [accountIds], ...range }, () => ({
    list: list({ account_id: 'bigint' }, 'x.account_id = s.account_id'),
    columns,
  }));
}

/** A comment and an account that has reported it. */
export interface CommentReporter extends CommentKey {
  readonly accountId: string;
}

const reporterOf = `r.article_id::text AS "articleId", r.comment_id::text AS id, r.account_id::text AS "accountId"`;

/** Selects those of some comments that an account has reported. The arrays are in subqueries as at `selectComments`. */
export function selectReportedBy(
  db: Queryable,
  accountId: string,
  keys: readonly CommentKey[],
): Promise<CommentReporter[]> {
  return db.query<CommentReporter>(
    `SELECT ${reporterOf} FROM unnest((SELECT $2::bigint[]), (SELECT $3::bigint[])) AS s(article_id, comment_id)
JOIN comment_report r ON r.article_id = s.article_id AND r.comment_id = s.comment_id AND r.account_id = $1`,
    [accountId, keys.map(({ articleId }) => articleId), keys.map(({ id }) => id)],
  );
}

/** Selects all accounts that have reported some comments, at most `limit` reports. */
export function selectReportersOf(
  db: Queryable,
  keys: readonly CommentKey[],
  limit: number,
): Promise<CommentReporter[]> {
  return db.query<CommentReporter>(
    `SELECT ${reporterOf} FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, comment_id)
JOIN comment_report r ON r.article_id = s.article_id AND r.comment_id = s.comment_id AND r.account_id IS NOT NULL LIMIT $3`,
    [keys.map(({ articleId }) => articleId), keys.map(({ id }) => id), limit],
  );
}

/** Numbers of an account's reports, by state. */
export interface ReportCounts {
  readonly accountId: string;
  readonly open: number;
  readonly upheld: number;
  readonly dismissed: number;
  readonly badFaith: number;
  readonly obsolete: number;
}

const countOf = (state: ReportState): string => `count(*) FILTER (WHERE r.state = '${state}')::int`;

/**
 * Counts reports of accounts.
 * @param column whose reports are counted: those that an account has made, or those of the comments that it has written
 */
export const selectReportCounts = (
  db: Queryable,
  column: 'account_id' | 'subject_id',
  accountIds: readonly string[],
): Promise<ReportCounts[]> =>
  db.query<ReportCounts>(
    `SELECT s.id::text AS "accountId", c.* FROM unnest((SELECT $1::bigint[])) AS s(id)
CROSS JOIN LATERAL (SELECT ${countOf('OPEN')} AS open, ${countOf('UPHELD')} AS upheld, ${countOf('DISMISSED')} AS dismissed,
  ${countOf('BAD_FAITH')} AS "badFaith", ${countOf('OBSOLETE')} AS obsolete
  FROM comment_report r WHERE r.${column} = s.id) c`,
    [accountIds],
  );
