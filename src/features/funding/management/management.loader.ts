import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { scopeHash } from '../../../platform/graphql/page.ts';
import {
  type ListCountLoader,
  listCountLoader,
  type PageLoader,
  pageLoader,
} from '../../../platform/graphql/page-loader.ts';
import {
  type ListedPledgeRow,
  type PayoutRow,
  type PledgeTallyRow,
  selectPayoutCounts,
  selectPayoutPages,
  selectPledgeCounts,
  selectPledgePages,
  selectPledgeTallies,
} from './management.queries.ts';
import { keyText } from '../campaign/funding.loader.ts';
import { selectAvailable, selectRefundable } from '../campaign/funds.queries.ts';
import type { PledgeKey } from '../campaign/pledge.queries.ts';
import type { PledgeStatus } from '../campaign/transitions.ts';

/*
 * What those who lead a campaign see of it. Pledges without a means of payment, and payouts that are not booked yet,
 * change without an event: nothing here is kept.
 */

/** The state of the listed pledges; undefined: any. */
type PledgeFilter = PledgeStatus | undefined;

/** Pages of the pledges of a campaign. */
export const pledgePages: LoaderFactory<PageLoader<string, PledgeFilter, ListedPledgeRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (articleId, status) => `pledges:${articleId}:${scopeHash(status ?? null)}`,
    cursorKeys: ['id'],
    find: (articleIds, status, range) => selectPledgePages(db, articleIds, status, range),
  });

/** Lengths of these lists. */
export const pledgeCounts: LoaderFactory<ListCountLoader<string, PledgeFilter>> = ({ db }) =>
  listCountLoader((articleIds, status) => selectPledgeCounts(db, articleIds, status));

/** The pledges of a campaign by their states. */
export const pledgeTallies: LoaderFactory<DataLoader<string, readonly PledgeTallyRow[]>> = ({ db }) =>
  new DataLoader(async (articleIds) => {
    const rows = await selectPledgeTallies(db, articleIds);
    return articleIds.map((id) => rows.filter(({ articleId }) => articleId === id));
  });

/** Pages of the payouts of a campaign. */
export const payoutPages: LoaderFactory<PageLoader<string, null, PayoutRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (articleId) => `payouts:${articleId}`,
    cursorKeys: ['id'],
    find: (articleIds, _, range) => selectPayoutPages(db, articleIds, range),
  });

/** Lengths of these lists. */
export const payoutCounts: LoaderFactory<ListCountLoader<string, null>> = ({ db }) =>
  listCountLoader((articleIds) => selectPayoutCounts(db, articleIds));

/** What a campaign can pay out now, in minor units. */
export const availableAmount: LoaderFactory<DataLoader<string, bigint>> = ({ db }) =>
  new DataLoader(async (articleIds) => {
    const amounts = await selectAvailable(db, articleIds);
    return articleIds.map((articleId) => amounts.get(articleId) ?? 0n);
  });

/** Whether a pledge was collected and can be given back: enough is left beside what was paid out. */
export const isRefundable: LoaderFactory<DataLoader<PledgeKey, boolean, string>> = ({ db }) =>
  new DataLoader<PledgeKey, boolean, string>(
    async (keys) => {
      const refundable = new Set((await selectRefundable(db, keys)).map(keyText));
      return keys.map((key) => refundable.has(keyText(key)));
    },
    { cacheKeyFn: keyText },
  );
