import { Arg, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import { EventOmitted } from '../../articles/article/article-event.type.ts';
import { type EventArgs, eventsOf } from '../../articles/article/article-stream.show.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { ArticleEventKind, OmittedEvent, StreamItem } from '../../../platform/events/event.ts';
import type { Edge } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { EventCursorScalar } from '../../../platform/graphql/scalars.ts';
import { edgeOfComment } from './comment-edge.ts';
import { CommentAdded, CommentEvent } from './comment-event.type.ts';
import { commentEvents, toCommentAdded } from './comment-events.ts';
import { loadUnderShown } from './comment.show.ts';
import { Comment, CommentEdge, type CommentOrder, CommentOrderEnum } from './comment.type.ts';

const isAddition = (item: StreamItem): boolean =>
  item.type === 'event' && item.event.kind === ('COMMENT_ADDED' satisfies ArticleEventKind);

@Resolver()
export class CommentSubscriptionResolver {
  @Subscription(() => CommentAdded, {
    description:
      'The new comments of an article, in order and without a gap, for the simplest clients. If the stream cannot resume from its cursor, or a comment is larger than one event may be, it ends with the error ARTICLE_RESET: query the article again and subscribe from `extensions.cursor`. The stream completes when the article is unpublished.',
    subscribe: ({ args }: { args: EventArgs }) =>
      eventsOf(args, (item) => isAddition(item) || item.type === 'reset'),
  })
  commentAdded(
    @Root() item: StreamItem | OmittedEvent,
    @Arg('articleId', () => ID, { description: 'The article to listen to.' }) _articleId: string,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'The article’s `liveCursor`, or the `cursor` of the last event received; absent: comments from now on.',
    })
    _after: string | null | undefined,
  ): CommentAdded {
    if (item.type === 'event') return toCommentAdded(item.event, item.epoch);
    const position = item.type === 'omitted' ? { ...item.event, epoch: item.epoch } : item;
    const resetReason =
      item.type === 'omitted' ? 'EVENT_OMITTED' : item.type === 'reset' ? item.reason : undefined;
    throw new RequestError('ARTICLE_RESET', undefined, {
      cursor: encodeEventCursor(position),
      ...(resetReason === undefined ? {} : { resetReason }),
    });
  }
}

/**
 * The comment of an event, in its current state.
 * @throws RequestError NOT_FOUND
 */
async function commentOf({ articleId, subjectId: id }: CommentEvent, context: Context): Promise<Comment> {
  // A subscriber that lags behind must not continue reading an article that was unpublished.
  const row = await loadUnderShown(context, { articleId, id });
  if (!row) throw new Error(`Comment ${id} of article ${articleId} is in the log and nowhere else`);
  return Comment.from(row);
}

/** Fields of the events of comments. */
@Resolver(() => CommentEvent)
export class CommentEventResolver {
  @FieldResolver(() => Comment, {
    description: 'The comment as it is now; a tombstone if it was removed since.',
  })
  comment(@Root() event: CommentEvent, @Ctx() context: Context): Promise<Comment> {
    return commentOf(event, context);
  }

  @FieldResolver(() => CommentEdge, {
    nullable: true,
    description:
      'The comment as an edge of `Article.comments` or `Comment.replies` in the given order; null if it has vanished since.',
  })
  async commentEdge(
    @Root() event: CommentEvent,
    @Arg('orderBy', () => CommentOrderEnum, {
      nullable: true,
      defaultValue: 'OLDEST',
      description: 'The order of the connection.',
    })
    orderBy: CommentOrder | null,
    @Ctx() context: Context,
  ): Promise<Edge<Comment> | null> {
    const comment = await commentOf(event, context);
    return comment.row.listed ? edgeOfComment(comment, orderBy) : null;
  }
}

/** The comment of an event that is too large. */
@Resolver(() => EventOmitted)
export class OmittedCommentResolver {
  @FieldResolver(() => ID, {
    nullable: true,
    description:
      'The id of the event’s comment; null for an event of another kind. If no comment is found by this id, remove it from the page.',
  })
  omittedCommentId(@Root() { kind, articleId, subjectId }: EventOmitted): string | null {
    return kind in commentEvents && subjectId !== null
      ? encodeGlobalId('Comment', articleId, subjectId)
      : null;
  }
}
