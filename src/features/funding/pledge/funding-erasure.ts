import type { ErasedUnderArticle, Erasure } from '../../../platform/feature/erasure.ts';
import { type LockedCampaign, lockCampaign, updateCampaignStatus } from '../campaign/campaign.queries.ts';
import { erasePledges, selectArticlesOfFunding, selectIsOwnCampaign } from './funding-erasure.queries.ts';
import { insertPayers } from './payer.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';

/**
 * Pledges lose their account and their name. Those that are not due are withdrawn; money that was paid stays paid, and
 * who paid it is kept apart for accounting. A running campaign of the account's byline is suspended: nobody pledges to a
 * journalist who is gone, and an editor decides what becomes of it.
 * @param retainDays days after a payment for which its payer is kept
 */
export const fundingErasure = (retainDays: number): Erasure => ({
  selectArticles: selectArticlesOfFunding,
  eraseUnderArticle: async (tx, articleId, accountId): Promise<ErasedUnderArticle> => {
    const campaign = await lockCampaign(tx, articleId);
    if (!campaign) return { events: [], counts: {}, erased: {} };
    const isSuspended = await suspendOwn(tx, campaign, accountId);
    await insertPayers(tx, { articleId, accountId, days: retainDays });
    const pledges = await erasePledges(tx, articleId, accountId);
    const withdrawn = pledges.filter(({ wasActive }) => wasActive);
    const unnamed = pledges.filter(({ wasActive, wasNamed }) => wasNamed && !wasActive);
    return {
      events: [
        ...(isSuspended ? [{ kind: 'CAMPAIGN_UPDATED' as const }] : []),
        ...withdrawn.map(({ id }) => ({ kind: 'PLEDGE_WITHDRAWN' as const, subjectId: id })),
        ...unnamed.map(({ id }) => ({ kind: 'PLEDGE_CHANGED' as const, subjectId: id })),
      ],
      counts: {
        pledged: -withdrawn.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
        backerCount: -withdrawn.length,
      },
      erased: { pledges: pledges.length },
    };
  },
});

async function suspendOwn(
  tx: Tx,
  { articleId, status }: LockedCampaign,
  accountId: string,
): Promise<boolean> {
  if (status !== 'LIVE' || !(await selectIsOwnCampaign(tx, articleId, accountId))) return false;
  await updateCampaignStatus(tx, articleId, 'SUSPENDED');
  return true;
}
