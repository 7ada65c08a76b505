import type { Erasure } from '../feature/erasure.ts';
import { eraseReactions, orphanComments, selectArticlesCommentedOn } from './comment-erasure.queries.ts';

/** Comments keep their place, and published ones their text, without the author's name; reactions are deleted. */
export const commentErasure: Erasure = {
  selectArticles: selectArticlesCommentedOn,
  eraseUnderArticle: async (tx, articleId, accountId) => {
    const comments = await orphanComments(tx, articleId, accountId);
    const reactedTo = await eraseReactions(tx, articleId, accountId);
    return {
      events: [
        ...comments
          .filter(({ wasPublished }) => wasPublished)
          .map(({ id }) => ({ kind: 'COMMENT_UPDATED' as const, commentId: id })),
        ...reactedTo.map((commentId) => ({ kind: 'COMMENT_REACTIONS_CHANGED' as const, commentId })),
      ],
      counts: {},
      erased: { comments: comments.length },
    };
  },
};
