import type { Erasure } from '../feature/erasure.ts';
import { eraseEndorsements, selectArticlesEndorsed } from './endorsement-erasure.queries.ts';

/** Endorsements are withdrawn, and lose their name and their texts. */
export const endorsementErasure: Erasure = {
  selectArticles: selectArticlesEndorsed,
  eraseUnderArticle: async (tx, articleId, accountId) => {
    const withdrawn = await eraseEndorsements(tx, articleId, accountId);
    return {
      events: withdrawn.map((endorsementId) => ({ kind: 'ENDORSEMENT_WITHDRAWN' as const, endorsementId })),
      counts: { endorsements: -withdrawn.length },
      erased: { endorsements: withdrawn.length },
    };
  },
};
