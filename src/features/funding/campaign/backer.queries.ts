import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';

/** A backer who wishes to be named; the amount is a decimal text of minor units. */
export interface BackerRow {
  /** Null once the account is gone. */
  readonly accountId: string | null;
  readonly name: string;
  readonly amount: string;
  readonly since: Date;
}

export interface ListedBackerRow extends BackerRow, KeysetRow {
  readonly articleId: string;
  /** The key of the pledge. */
  readonly id: string;
}

const list: KeysetList = {
  table: 'pledge',
  scope: { article_id: 'bigint' },
  where: `x.article_id = s.article_id AND x.display_name IS NOT NULL AND x.activated_at IS NOT NULL
    AND x.status <> 'WITHDRAWN'`,
  keys: ['id'],
  descending: true,
  pageColumns: ['article_id', 'id', 'display_name', 'amount', 'activated_at', 'account_id'],
};

/** Selects pages of the named backers of campaigns, the newest pledge first. */
export function selectBackerPages(
  db: Queryable,
  articleIds: readonly string[],
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedBackerRow>[]> {
  return selectKeysetPages<ListedBackerRow>(db, { scopes: [articleIds], ...range }, () => ({
    list,
    cursorSql: (at) => [`${at(0)}::bigint`],
    columns: `page.article_id::text AS "articleId", page.id::text AS id, page.display_name AS name,
      page.amount::text AS amount, page.activated_at AS since, page.account_id::text AS "accountId"`,
  }));
}

/** Counts the named backers of each campaign, in the order of the articles. */
export async function selectBackerCounts(db: Queryable, articleIds: readonly string[]): Promise<number[]> {
  const rows = await db.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM pledge x WHERE ${list.where})::int AS count
     FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(article_id, n) ORDER BY s.n`,
    [articleIds],
  );
  return rows.map(({ count }) => count);
}

/** What is public of a pledge: its amount and, if its backer wishes it, a name. */
export interface PublicPledgeRow {
  readonly articleId: string;
  readonly id: string;
  readonly accountId: string | null;
  readonly name: string | null;
  readonly amount: string;
  readonly since: Date;
}

/** Selects what is public of pledges that count. */
export function selectPublicPledges(
  db: Queryable,
  keys: readonly { readonly articleId: string; readonly id: string }[],
): Promise<PublicPledgeRow[]> {
  return db.query<PublicPledgeRow>(
    `SELECT p.article_id::text AS "articleId", p.id::text AS id, p.display_name AS name, p.amount::text AS amount,
       p.activated_at AS since, p.account_id::text AS "accountId"
     FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS k(article_id, id)
     JOIN pledge p ON p.article_id = k.article_id AND p.id = k.id
     WHERE p.activated_at IS NOT NULL AND p.status <> 'WITHDRAWN'`,
    [keys.map(({ articleId }) => articleId), keys.map(({ id }) => id)],
  );
}
