import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import { timeOf } from '../../../platform/db/sort-time.ts';
import type { CampaignStatus } from './transitions.ts';

/** The campaigns of everybody, or of one journalist, by the journalist's key. */
export type CampaignOwner = 'everybody' | 'journalist';

export type CampaignOrder = 'NEWEST' | 'ENDING_SOON';

/** Properties of a list other than its scope. */
export interface CampaignListVariant {
  readonly of: CampaignOwner;
  readonly order: CampaignOrder;
  /** Undefined: any that is public. */
  readonly statuses: readonly CampaignStatus[] | undefined;
}

/** A campaign in a list, by the key of its article. */
export interface ListedCampaignRow extends KeysetRow {
  readonly id: string;
  /** Microseconds since 1970. */
  readonly sortKey: string;
}

const sortKeys = { NEWEST: 'launched_at', ENDING_SOON: 'deadline' } as const;

function listOf({ of, order }: Pick<CampaignListVariant, 'of' | 'order'>): KeysetList {
  return {
    table: `(SELECT c.article_id AS id, c.status, c.${sortKeys[order]} AS sort_key, a.journalist_id
      FROM campaign c JOIN article a ON a.id = c.article_id
      WHERE c.launched_at IS NOT NULL AND a.status = 'PUBLISHED')`,
    scope: { owner_id: 'bigint' },
    where: of === 'journalist' ? 'x.journalist_id = s.owner_id' : 'true',
    keys: ['sort_key', 'id'],
    descending: order === 'NEWEST',
    pageColumns: ['id', 'sort_key'],
  };
}

const whereOf = (statuses: CampaignListVariant['statuses'], parameters: Parameters): string =>
  statuses ? ` AND x.status = ANY(${parameters.add(statuses)}::text[])` : '';

/** Selects pages of public campaigns. */
export function selectCampaignPages(
  db: Queryable,
  scopes: readonly (string | null)[],
  variant: CampaignListVariant,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedCampaignRow>[]> {
  const list = listOf(variant);
  return selectKeysetPages<ListedCampaignRow>(db, { scopes: [scopes], ...range }, (parameters) => ({
    list: { ...list, where: `${list.where}${whereOf(variant.statuses, parameters)}` },
    cursorSql: (at) => [timeOf(at(0)), `${at(1)}::bigint`],
    columns: `page.id::text AS id, (extract(epoch FROM page.sort_key) * 1000000)::bigint::text AS "sortKey"`,
  }));
}

/** Counts the public campaigns of each list, in the order of the scopes. */
export async function selectCampaignTotals(
  db: Queryable,
  scopes: readonly (string | null)[],
  { of, statuses }: Omit<CampaignListVariant, 'order'>,
): Promise<number[]> {
  const { table, where } = listOf({ of, order: 'NEWEST' });
  const parameters = new Parameters([scopes]);
  const rows = await db.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM ${table} x WHERE ${where}${whereOf(statuses, parameters)})::int AS count
     FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(owner_id, n) ORDER BY s.n`,
    parameters.values,
  );
  return rows.map(({ count }) => count);
}
