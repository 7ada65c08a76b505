import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import { articleLog } from '../../../platform/events/log.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { ArticleEvents } from '../../../platform/graphql/article-events.ts';
import { ArticleEventPage, toArticleEvent } from '../article/article-event.type.ts';
import { withoutLargeEvents } from '../article/article-log.show.ts';
import { eventPage } from '../article/article.loader.ts';
import { Article } from '../article/article.type.ts';
import { costOfEvents, EventPageArgs, eventRange } from '../article/event-page.input.ts';

/** The field of articles that returns pages of the event log. */
@Resolver(() => Article)
export class ArticleLogResolver {
  readonly #events: ArticleEvents;

  constructor(events: ArticleEvents) {
    this.#events = events;
  }

  @FieldResolver(() => ArticleEventPage, {
    description:
      'The same events as `articleEvents`, in order and without a gap, in pages for clients that cannot keep a connection open. If the service cannot resume from `after`, the page is one `ArticleReset` alone. Any number of missed events can be read: TOO_MANY does not occur here.',
    complexity: ({ args, childComplexity }) => costOfEvents(args, childComplexity),
  })
  async events(
    @Root() { articleId }: Article,
    @Args(() => EventPageArgs) args: EventPageArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ArticleEventPage> {
    const page = await context.loaders
      .get(eventPage)
      .load({ key: articleLog.keyOf(articleId), ...eventRange(args) });
    const { cursor, hasMore } = page;
    const items = await withoutLargeEvents(page.items, this.#events, context, info);
    const events = items.map((item) => toArticleEvent(item, this.#events));
    return Object.assign(new ArticleEventPage(), { events, cursor, hasMore });
  }
}
