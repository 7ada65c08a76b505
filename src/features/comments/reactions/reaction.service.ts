import { articleScope } from '../../articles/article/article-scope.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { EventLog } from '../../../platform/events/log.ts';
import { canSeeComment, refusalToReact } from '../thread/comment.policy.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { changeReaction, lockForReaction, type ReactionKind } from './reaction.queries.ts';

/** Commands to react to comments and to withdraw reactions. */
export class ReactionService {
  constructor(
    private readonly db: Database,
    private readonly log: EventLog,
  ) {}

  react(viewer: Viewer, key: CommentKey, kind: ReactionKind): Promise<Result<CommentKey>> {
    return this.#change('add', viewer, key, kind);
  }

  unreact(viewer: Viewer, key: CommentKey, kind: ReactionKind): Promise<Result<CommentKey>> {
    return this.#change('remove', viewer, key, kind);
  }

  #change(
    change: 'add' | 'remove',
    viewer: Viewer,
    key: CommentKey,
    kind: ReactionKind,
  ): Promise<Result<CommentKey>> {
    return refusable(() =>
      this.db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const comment = await lockForReaction(tx, key);
        if (!comment || !canSeeComment(comment, viewer)) throw new Refusal('NOT_FOUND', ['commentId']);
        const refusal = refusalToReact(comment, viewer);
        if (refusal) throw new Refusal(refusal, ['commentId']);
        if (await changeReaction(tx, change, { ...key, accountId: viewer.accountId, kind })) {
          await this.log.append(tx, {
            articleId: key.articleId,
            kind: 'COMMENT_REACTIONS_CHANGED',
            subjectId: key.id,
          });
        }
        return key;
      }),
    );
  }
}
