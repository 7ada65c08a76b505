import type { Erasure } from '../feature/erasure.ts';
import { selectItems } from '../moderation-log/moderation-item.queries.ts';
import { appendUnannounced, systemActor } from '../moderation-log/moderation-log.ts';
import { deleteHolds } from '../screening/comment-hold.queries.ts';
import { eraseReactions, orphanComments, selectArticlesCommentedOn } from './comment-erasure.queries.ts';

/** Comments keep their place, and published ones their text, without the author's name; reactions are deleted. */
export const commentErasure: Erasure = {
  selectArticles: selectArticlesCommentedOn,
  eraseUnderArticle: async (tx, articleId, accountId) => {
    const { comments, queued } = await orphanComments(tx, articleId, accountId);
    const ids = comments.map(({ id }) => id);
    await deleteHolds(tx, articleId, ids);
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
      record: async (last) => {
        // Triggers have taken what waited out of the queue; a public comment with open reports stays there.
        const keys = queued.map((commentId) => ({ articleId, commentId }));
        const left = new Set((await selectItems(last, keys)).map(({ commentId }) => commentId));
        const withdrawn = queued.filter((id) => !left.has(id));
        await appendUnannounced(
          last,
          withdrawn.map((commentId) => ({ kind: 'WITHDRAWN', actor: systemActor, articleId, commentId })),
        );
      },
    };
  },
};
