import type { ErasedUnderArticle, Erasure } from '../feature/erasure.ts';
import { lockCampaign } from './campaign.queries.ts';
import { erasePledges, selectArticlesBacked } from './funding-erasure.queries.ts';

/** Pledges lose their account and their name. Those that are not due are withdrawn; money that was paid stays paid. */
export const fundingErasure: Erasure = {
  selectArticles: selectArticlesBacked,
  eraseUnderArticle: async (tx, articleId, accountId): Promise<ErasedUnderArticle> => {
    const campaign = await lockCampaign(tx, articleId);
    if (!campaign) return { events: [], counts: {}, erased: {} };
    const pledges = await erasePledges(tx, articleId, accountId);
    const withdrawn = pledges.filter(({ wasActive }) => wasActive);
    const unnamed = pledges.filter(({ wasActive, wasNamed }) => wasNamed && !wasActive);
    return {
      events: [
        ...withdrawn.map(({ id }) => ({ kind: 'PLEDGE_WITHDRAWN' as const, pledgeId: id })),
        ...unnamed.map(({ id }) => ({ kind: 'PLEDGE_CHANGED' as const, pledgeId: id })),
      ],
      counts: {
        pledged: -withdrawn.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
        backers: -withdrawn.length,
      },
      erased: { pledges: pledges.length },
    };
  },
};
