import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { RequestError } from '../errors.ts';
import type { StreamItem } from '../events/event.ts';
import { filterStream } from '../events/filter-stream.ts';
import type { EventStream } from '../events/stream.ts';
import type { StreamConnection } from '../events/stream-connection.ts';
import type { Context } from '../graphql/context.ts';
import { requireKeys } from '../graphql/global-id.ts';
import { EventCursorScalar } from '../graphql/scalars.ts';
import { ArticleEvent, type EventViews, toArticleEvent } from './article-event.type.ts';
import { loadArticle } from './article.resolver.ts';

export interface EventArgs {
  readonly articleId: string;
  readonly after?: string | null;
}

/** Outside of a connection nobody waits for a reader. */
const unhurried: StreamConnection = { isBlocked: () => false, end: () => undefined };

/**
 * Opens the stream of an article's events, for whoever may see the article.
 * @throws RequestError NOT_FOUND
 */
export async function openEventStream(
  { articleId, after }: EventArgs,
  context: Context,
): Promise<EventStream> {
  const [id] = requireKeys('Article', 1, articleId);
  const stream = (await loadArticle(context, id))
    ? await context.hub.subscribe(id, after ?? undefined, context.connection ?? unhurried)
    : undefined;
  if (!stream) throw new RequestError('NOT_FOUND');
  return stream;
}

/** Whether a stream ends behind this item: the article was taken back, and this viewer no longer sees it. */
export async function endsStream(
  item: StreamItem,
  { articleId }: EventArgs,
  context: Context,
): Promise<boolean> {
  if (item.type !== 'event' || item.event.kind !== 'ARTICLE_UNPUBLISHED') return false;
  const [id] = requireKeys('Article', 1, articleId);
  context.loaders.reset();
  return (await loadArticle(context, id)) === null;
}

@Resolver()
export class ArticleSubscriptionResolver {
  readonly #views: EventViews;

  /** @param views of all kinds of events */
  constructor(views: EventViews) {
    this.#views = views;
  }

  @Subscription(() => ArticleEvent, {
    description:
      'Everything that happens to an article, in order and without a gap: what came after the cursor first, then a checkpoint, then each event as it happens.',
    subscribe: async ({ args, context }: { args: EventArgs; context: Context }) =>
      filterStream(await openEventStream(args, context), {
        keep: () => true,
        isLast: (item) => endsStream(item, args, context),
      }),
  })
  articleEvents(
    @Root() item: StreamItem,
    @Arg('articleId', () => ID, { description: 'The article to listen to.' }) _articleId: string,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'An article’s `liveCursor`, or the `cursor` of the last event you have; absent: from now on.',
    })
    _after: string | null | undefined,
    @Ctx() context: Context,
  ): ArticleEvent {
    // Each event shows things as they are now, not as the last one found them.
    context.loaders.reset();
    return toArticleEvent(item, this.#views);
  }
}
