import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import { pledgeColumns, type PledgeRow } from '../campaign/pledge.queries.ts';
import type { PayoutStatus, PledgeStatus } from '../campaign/transitions.ts';

interface Range {
  readonly limit: number;
  readonly backward: boolean;
  readonly cursor: readonly string[] | undefined;
}

/** A pledge in the list of a campaign's pledges. */
export type ListedPledgeRow = PledgeRow & KeysetRow;

const newestFirst = {
  scope: { article_id: 'bigint' },
  where: 'x.article_id = s.article_id',
  keys: ['id'],
  descending: true,
  pageColumns: ['article_id', 'id'],
} as const satisfies Partial<KeysetList>;

const withStatus = (status: PledgeStatus | undefined, parameters: Parameters): string =>
  status === undefined ? '' : ` AND x.status = ${parameters.add(status)}::text`;

/** Selects pages of campaigns' pledges, the newest first. @param status undefined: any */
export function selectPledgePages(
  db: Queryable,
  articleIds: readonly string[],
  status: PledgeStatus | undefined,
  range: Range,
): Promise<Found<ListedPledgeRow>[]> {
  return selectKeysetPages<ListedPledgeRow>(db, { scopes: [articleIds], ...range }, (parameters) => ({
    list: {
      ...newestFirst,
      table: 'pledge',
      where: `${newestFirst.where}${withStatus(status, parameters)}`,
    },
    cursorSql: (at) => [`${at(0)}::bigint`],
    columns: pledgeColumns,
    join: 'LEFT JOIN pledge p ON p.article_id = page.article_id AND p.id = page.id',
  }));
}

/** Counts the pledges of each campaign, in the order of the articles. @param status undefined: any */
export async function selectPledgeCounts(
  db: Queryable,
  articleIds: readonly string[],
  status: PledgeStatus | undefined,
): Promise<number[]> {
  const parameters = new Parameters([articleIds]);
  const rows = await db.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM pledge x WHERE ${newestFirst.where}${withStatus(status, parameters)})::int AS count
     FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(article_id, n) ORDER BY s.n`,
    parameters.values,
  );
  return rows.map(({ count }) => count);
}

/** The pledges of a campaign in one state; the total is a decimal text of minor units. */
export interface PledgeTallyRow {
  readonly articleId: string;
  readonly status: PledgeStatus;
  readonly count: number;
  readonly total: string;
}

/** SQL that leaves out what was let go, or withdrawn, before it had a means of payment: it never counted. */
const everCounted = `NOT (status IN ('RELEASED', 'WITHDRAWN') AND activated_at IS NULL)`;

/** Selects how many pledges are in each state, and their total. A state without a pledge has no row. */
export function selectPledgeTallies(db: Queryable, articleIds: readonly string[]): Promise<PledgeTallyRow[]> {
  return db.query<PledgeTallyRow>(
    `SELECT article_id::text AS "articleId", status, count(*)::int AS count, sum(amount)::text AS total
     FROM pledge WHERE article_id = ANY((SELECT $1::bigint[])::bigint[]) AND ${everCounted} GROUP BY article_id, status`,
    [articleIds],
  );
}

/** A payout; the amount is a decimal text of minor units. */
export interface PayoutRow extends KeysetRow {
  readonly articleId: string;
  readonly id: string;
  readonly amount: string;
  readonly destination: string;
  readonly status: PayoutStatus;
  readonly failureCode: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** Selects pages of campaigns' payouts, the newest first. */
export function selectPayoutPages(
  db: Queryable,
  articleIds: readonly string[],
  range: Range,
): Promise<Found<PayoutRow>[]> {
  return selectKeysetPages<PayoutRow>(db, { scopes: [articleIds], ...range }, () => ({
    list: {
      ...newestFirst,
      table: 'payout',
      pageColumns: [
        ...newestFirst.pageColumns,
        'amount',
        'destination',
        'status',
        'failure_code',
        'created_at',
        'settled_at',
      ],
    },
    cursorSql: (at) => [`${at(0)}::bigint`],
    columns: `page.article_id::text AS "articleId", page.id::text AS id, page.amount::text AS amount,
      page.destination, page.status, page.failure_code AS "failureCode", page.created_at AS "createdAt",
      page.settled_at AS "settledAt"`,
  }));
}

/** Counts the payouts of each campaign, in the order of the articles. */
export async function selectPayoutCounts(db: Queryable, articleIds: readonly string[]): Promise<number[]> {
  const rows = await db.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM payout x WHERE ${newestFirst.where})::int AS count
     FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(article_id, n) ORDER BY s.n`,
    [articleIds],
  );
  return rows.map(({ count }) => count);
}
