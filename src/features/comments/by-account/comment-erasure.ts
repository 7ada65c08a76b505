import type { Erasure } from '../../../platform/feature/erasure.ts';
import { appendUnannounced, systemActor } from '../../../platform/screening/moderation-log.ts';
import { deleteHolds } from '../../screening/comment-hold.queries.ts';
import {
  eraseReactions,
  orphanComments,
  selectArticlesCommentedOn,
  selectWaiting,
} from './comment-erasure.queries.ts';

/** Comments keep their place, and published ones their text, without the author's name; reactions are deleted. */
export const commentErasure: Erasure = {
  selectArticles: selectArticlesCommentedOn,
  eraseUnderArticle: async (tx, articleId, accountId) => {
    const { comments, waiting } = await orphanComments(tx, articleId, accountId);
    const ids = comments.map(({ id }) => id);
    await deleteHolds(tx, articleId, ids);
    const reactedTo = await eraseReactions(tx, articleId, accountId);
    return {
      events: [
        ...comments
          .filter(({ wasPublished }) => wasPublished)
          .map(({ id }) => ({ kind: 'COMMENT_UPDATED' as const, subjectId: id })),
        ...reactedTo.map((subjectId) => ({ kind: 'COMMENT_REACTIONS_CHANGED' as const, subjectId })),
      ],
      counts: {},
      erased: { comments: comments.length },
      record: async (last) => {
        // Triggers keep the queue; an entry with open reports stays there, without the text that waited.
        const left = await selectWaiting(last, articleId, ids);
        const withdrawn = waiting.filter(({ id }) => !left.some((other) => other.id === id));
        await appendUnannounced(
          last,
          withdrawn.map(({ id: commentId, revision }) => ({
            kind: 'WITHDRAWN',
            actor: systemActor,
            articleId,
            commentId,
            revision,
          })),
        );
      },
    };
  },
};
