import { premoderatedSql, suspendedSql } from '../../people/account/sanction.queries.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { countedDecisions, type ReporterFacts } from './report.policy.ts';

/** An account as a reporter. */
export interface ReporterRow extends ReporterFacts {
  readonly accountId: string;
}

/** SQL for the columns of `ReporterRow`, after `reporterJoins`. */
export const reporterColumns = `a.id::text AS "accountId", ${suspendedSql('a')} AS "isSuspended", ${premoderatedSql('a')} AS "isPremoderated",
  a.email_verified_at IS NULL AS "isUnconfirmed", d.upheld, d.dismissed, d.bad_faith AS "badFaith"`;

/** SQL that joins the account and its record to `s.account_id`. The last decided reports are a range of one index. */
export const reporterJoins = `JOIN account a ON a.id = s.account_id CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE state = 'UPHELD')::int AS upheld,
    count(*) FILTER (WHERE state = 'DISMISSED')::int AS dismissed,
    count(*) FILTER (WHERE state = 'BAD_FAITH')::int AS bad_faith
  FROM (SELECT r.state FROM comment_report r
    WHERE r.account_id = s.account_id AND r.state IN ('UPHELD', 'DISMISSED', 'BAD_FAITH')
    ORDER BY r.id DESC LIMIT ${countedDecisions}) last) d`;

/** The array is in a subquery for the reason given at `selectComments`. */
export function selectReporters(db: Queryable, accountIds: readonly string[]): Promise<ReporterRow[]> {
  return db.query<ReporterRow>(
    `SELECT ${reporterColumns} FROM unnest((SELECT $1::bigint[])) AS s(account_id) ${reporterJoins}`,
    [accountIds],
  );
}
