import type { Erasure } from '../../platform/feature/erasure.ts';
import { deleteLinksOfAccount } from './endorsement-link.queries.ts';
import { eraseEndorsements, selectArticlesEndorsed } from './endorsement-erasure.queries.ts';

/**
 * Endorsements are withdrawn, and lose their name and their texts; those that wait for the account's address are dropped, at
 * the end as well: somebody may have asked for another one.
 */
export const endorsementErasure: Erasure = {
  close: deleteLinksOfAccount,
  finish: deleteLinksOfAccount,
  selectArticles: selectArticlesEndorsed,
  eraseUnderArticle: async (tx, articleId, accountId) => {
    const withdrawn = await eraseEndorsements(tx, articleId, accountId);
    return {
      events: withdrawn.map((subjectId) => ({ kind: 'ENDORSEMENT_WITHDRAWN' as const, subjectId })),
      counts: { endorsementCount: -withdrawn.length },
      erased: { endorsements: withdrawn.length },
    };
  },
};
