import { Arg, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import { endsStream, type EventArgs, openEventStream } from '../article/article.subscription.ts';
import { canSeeArticle } from '../article/article.policy.ts';
import { RequestError } from '../errors.ts';
import { encodeEventCursor } from '../events/event-cursor.ts';
import type { StreamItem } from '../events/event.ts';
import { filterStream } from '../events/filter-stream.ts';
import type { Edge } from '../graphql/connection.ts';
import type { Context } from '../graphql/context.ts';
import { EventCursorScalar } from '../graphql/scalars.ts';
import { edgeOfComment } from './comment-edge.ts';
import { CommentAdded, CommentEvent, toCommentAdded } from './comment-event.type.ts';
import { commentByKey } from './comment.loader.ts';
import { Comment, CommentEdge, commentFacts, type CommentOrder, CommentOrderEnum } from './comment.type.ts';

const isAddition = (item: StreamItem): boolean =>
  item.type === 'event' && item.event.kind === 'COMMENT_ADDED';

@Resolver()
export class CommentSubscriptionResolver {
  @Subscription(() => CommentAdded, {
    description:
      'New comments of an article, in order and without a gap, for the simplest client. When it can’t go on from its cursor it ends with the error ARTICLE_RESET, whose `extensions.cursor` is where to go on after querying again. Completes when the article is taken back.',
    subscribe: async ({ args, context }: { args: EventArgs; context: Context }) =>
      filterStream(await openEventStream(args, context), {
        keep: (item) => isAddition(item) || item.type === 'reset',
        isLast: (item) => item.type === 'reset' || endsStream(item, args, context),
      }),
  })
  commentAdded(
    @Root() item: StreamItem,
    @Arg('articleId', () => ID, { description: 'The article to listen to.' }) _articleId: string,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'An article’s `liveCursor`, or the `cursor` of the last comment you have; absent: from now on.',
    })
    _after: string | null | undefined,
    @Ctx() context: Context,
  ): CommentAdded {
    context.loaders.reset();
    if (item.type === 'event') return toCommentAdded(item.event, item.epoch);
    throw new RequestError('ARTICLE_RESET', undefined, {
      cursor: encodeEventCursor(item),
      ...(item.type === 'reset' ? { resetReason: item.reason } : {}),
    });
  }
}

/**
 * The comment of an event, as it is now.
 * @throws RequestError NOT_FOUND
 */
async function commentOf({ articleId, commentId: id }: CommentEvent, context: Context): Promise<Comment> {
  const row = await context.loaders.get(commentByKey).load({ articleId, id });
  if (!row) throw new Error(`Comment ${id} of article ${articleId} is in the log and nowhere else`);
  // Whoever lags behind must not read on in an article that was taken back.
  if (!canSeeArticle(commentFacts(row).article, context.viewer)) throw new RequestError('NOT_FOUND');
  return Comment.from(row);
}

/** What the events of comments show. */
@Resolver(() => CommentEvent)
export class CommentEventResolver {
  @FieldResolver(() => Comment, { description: 'The comment as it is now; once it is removed, a tombstone.' })
  comment(@Root() event: CommentEvent, @Ctx() context: Context): Promise<Comment> {
    return commentOf(event, context);
  }

  @FieldResolver(() => CommentEdge, {
    nullable: true,
    description:
      'The comment as an edge of `comments` or `replies` in this order; null when it has vanished since.',
  })
  async commentEdge(
    @Root() event: CommentEvent,
    @Arg('orderBy', () => CommentOrderEnum, {
      nullable: true,
      defaultValue: 'OLDEST',
      description: 'The connection’s order.',
    })
    orderBy: CommentOrder | null,
    @Ctx() context: Context,
  ): Promise<Edge<Comment> | null> {
    const comment = await commentOf(event, context);
    return comment.row.listed ? edgeOfComment(comment, orderBy) : null;
  }
}
