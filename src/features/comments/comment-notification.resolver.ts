import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { TextOf } from '../../platform/graphql/price.ts';
import { Notification } from '../notifications/telling/notification.type.ts';
import { loadComment } from './thread/comment.show.ts';
import { Comment } from './thread/comment.type.ts';
import { commentNotifications } from './comment-notifications.ts';
import { lastDecisionOfComment } from './held/decision.loader.ts';
import { maxNoteLength } from '../../platform/screening/decision-note.ts';

/** The decision whose reason a kind of notifications has. */
const reasons: Partial<Record<string, string>> = {
  COMMENT_REJECTED: 'REJECTED',
  COMMENT_REMOVED: 'REMOVED',
  EDIT_REJECTED: 'EDIT_REJECTED',
};

/** The comment that a notification tells of. */
@Resolver(() => Notification)
export class CommentNotificationResolver {
  @FieldResolver(() => Comment, {
    nullable: true,
    description:
      'The comment that it tells of, as the kind says; null if there is none, or it is not to be seen.',
  })
  async comment(@Root() notification: Notification, @Ctx() context: Context): Promise<Comment | null> {
    const key = notification.subjectOf(commentNotifications);
    if (!key) return null;
    const comment = await loadComment(context, key);
    const { kind } = notification;
    // Removed since the list was read: the place of a reply is nothing to tell of.
    const tellsOfRemoval = kind === 'COMMENT_REMOVED' || kind === 'COMMENT_HELD';
    return comment?.status === 'REMOVED' && !tellsOfRemoval ? null : comment;
  }

  @TextOf(maxNoteLength)
  @FieldResolver(() => String, {
    nullable: true,
    description: `Why a moderator has rejected or removed the comment, or rejected its new text: plain text of at most ${maxNoteLength} characters. Null if no reason was given, and for other kinds.`,
  })
  async reason(@Root() notification: Notification, @Ctx() { loaders }: Context): Promise<string | null> {
    const key = notification.subjectOf(commentNotifications);
    const against = reasons[notification.kind];
    if (!key || against === undefined) return null;
    const decision = await loaders.get(lastDecisionOfComment).load(key);
    return decision?.against === against ? decision.note : null;
  }
}
