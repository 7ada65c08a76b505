import {
  type Found,
  type KeysetList,
  type KeysetRow,
  lasting,
  selectKeysetPages,
} from '../../platform/db/keyset.ts';
import { ordinalSql } from '../../platform/db/ordinal.ts';
import type { Queryable, Tx } from '../../platform/db/database.ts';
import type { Precision } from '../../platform/time/partial-date-time.ts';

/** An endorsement as stored. */
export interface EndorsementRow {
  readonly articleId: string;
  readonly id: string;
  readonly ordinal: string;
  readonly displayName: string;
  readonly affiliation: string | null;
  readonly statement: string | null;
  readonly featured: boolean;
  /** Neither withdrawn nor awaiting the confirmation of its identity. */
  readonly listed: boolean;
  readonly withdrawn: boolean;
  readonly createdAt: Date;
  readonly createdPrecision: Precision;
  readonly accountId: string | null;
  readonly origin: EndorsementOrigin;
}

/** How an endorsement was made: with an account, by a mailed link, or in the document that it was imported from. */
export type EndorsementOrigin = 'ACCOUNT' | 'EMAIL' | 'IMPORT';

/** An endorsement with its place in a page. */
export type ListedEndorsementRow = EndorsementRow & KeysetRow;

export interface EndorsementKey {
  readonly articleId: string;
  readonly id: string;
}

const columns = `
  e.article_id::text AS "articleId", e.id::text AS id, e.ordinal::text AS ordinal, e.display_name AS "displayName",
  e.affiliation, e.statement, e.featured, e.listed,
  e.withdrawn_at IS NOT NULL AS withdrawn, e.created_at AS "createdAt",
  e.created_precision AS "createdPrecision", e.account_id::text AS "accountId",
  CASE WHEN e.import_key IS NOT NULL THEN 'IMPORT' WHEN e.by_mail THEN 'EMAIL' ELSE 'ACCOUNT' END AS origin`;

export function selectEndorsements(
  db: Queryable,
  keys: readonly EndorsementKey[],
): Promise<EndorsementRow[]> {
  return db.query<EndorsementRow>(
    `SELECT ${columns}
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN endorsement e ON e.article_id = s.article_id AND e.id = s.id`,
    [keys.map((key) => key.articleId), keys.map((key) => key.id)],
  );
}

/** Selects an account's own live endorsements of some articles. */
export function selectEndorsementsBy(
  db: Queryable,
  accountId: string,
  articleIds: readonly string[],
): Promise<EndorsementRow[]> {
  return db.query<EndorsementRow>(
    `SELECT ${columns} FROM endorsement e
WHERE e.article_id = ANY((SELECT $2::bigint[])::bigint[]) AND e.identity = $1 AND e.withdrawn_at IS NULL`,
    [identityOfAccount(accountId), articleIds],
  );
}

/** Selects the accounts with a live endorsement of some articles, at most `limit`. */
export function selectEndorsers(
  db: Queryable,
  articleIds: readonly string[],
  limit: number,
): Promise<{ articleId: string; accountId: string }[]> {
  return db.query(
    `SELECT article_id::text AS "articleId", account_id::text AS "accountId" FROM endorsement
WHERE article_id = ANY($1::bigint[]) AND withdrawn_at IS NULL AND account_id IS NOT NULL LIMIT $2`,
    [articleIds, limit],
  );
}

/** The endorsements in a list: all, only featured ones, or only the others. */
export type EndorsementListName = 'all' | 'featured' | 'unfeatured';

const listWhere = (condition: string): KeysetList =>
  lasting({
    table: 'endorsement',
    scope: { article_id: 'bigint' },
    where: `x.article_id = s.article_id AND x.listed${condition}`,
    keys: ['ordinal'],
    descending: true,
    pageColumns: ['article_id', 'id', 'ordinal'],
  });

const lists: Readonly<Record<EndorsementListName, KeysetList>> = {
  all: listWhere(''),
  featured: listWhere(' AND x.featured'),
  unfeatured: listWhere(' AND NOT x.featured'),
};

/** Selects pages of articles' endorsements, newest first. */
export function selectEndorsementPages(
  db: Queryable,
  articleIds: readonly string[],
  name: EndorsementListName,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedEndorsementRow>[]> {
  return selectKeysetPages<ListedEndorsementRow>(db, { scopes: [articleIds], ...range }, () => ({
    list: lists[name],
    columns,
    join: 'LEFT JOIN endorsement e ON e.article_id = page.article_id AND e.id = page.id',
  }));
}

export function selectEndorsementCounts(
  db: Queryable,
  articleIds: readonly string[],
  featured: boolean,
): Promise<{ articleId: string; count: number }[]> {
  return db.query(
    `SELECT article_id::text AS "articleId", count(*)::int AS count FROM endorsement
WHERE article_id = ANY((SELECT $1::bigint[])::bigint[]) AND listed AND featured = $2 GROUP BY article_id`,
    [articleIds, featured],
  );
}

/**
 * The identity of an account, for the constraint that allows one live endorsement per identity and article. An account
 * counts as a verified identity.
 */
export function identityOfAccount(accountId: string): string {
  return `account:${accountId}`;
}

export interface NewEndorsement {
  readonly articleId: string;
  readonly id: string;
  readonly accountId: string;
  readonly affiliation: string | null;
  readonly statement: string | null;
}

/** @returns true for a new endorsement; false if the account already has a live endorsement */
export async function insertEndorsement(tx: Tx, endorsement: NewEndorsement): Promise<boolean> {
  const rows = await tx.query(
    `WITH made AS (SELECT now, ${ordinalSql('now', '$2::bigint')} AS ordinal FROM clock_timestamp() AS now)
INSERT INTO endorsement (article_id, id, ordinal, account_id, identity, display_name, affiliation, statement, listed,
  created_at, created_precision)
SELECT $1, $2, made.ordinal, u.id, $4, u.name, $5, $6, true, made.now, 'INSTANT' FROM made, account u WHERE u.id = $3
ON CONFLICT (article_id, identity) WHERE withdrawn_at IS NULL DO NOTHING
RETURNING id`,
    [
      endorsement.articleId,
      endorsement.id,
      endorsement.accountId,
      identityOfAccount(endorsement.accountId),
      endorsement.affiliation,
      endorsement.statement,
    ],
  );
  return rows.length === 1;
}

/** @returns the id of the endorsement that is now withdrawn; undefined if there was none */
export async function updateEndorsementWithdrawn(
  tx: Tx,
  articleId: string,
  accountId: string,
): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `UPDATE endorsement SET withdrawn_at = clock_timestamp(), listed = false
     WHERE article_id = $1 AND identity = $2 AND withdrawn_at IS NULL RETURNING id::text AS id`,
    [articleId, identityOfAccount(accountId)],
  );
  return row?.id;
}

/** The endorsement of an article that an account withdrew last, which is the result of a repeated withdrawal. */
export async function selectLastWithdrawn(
  db: Queryable,
  articleId: string,
  accountId: string,
): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(
    `SELECT id::text AS id FROM endorsement
     WHERE article_id = $1 AND account_id = $2 AND withdrawn_at IS NOT NULL ORDER BY ordinal DESC LIMIT 1`,
    [articleId, accountId],
  );
  return row?.id;
}
