import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../graphql/context.ts';
import { pageSize } from '../graphql/page.ts';
import { EventCursorScalar } from '../graphql/scalars.ts';
import { ArticleEventPage, type EventViews, toArticleEvent } from './article-event.type.ts';
import { eventPage } from './article.loader.ts';
import { Article } from './article.type.ts';

/** How many events a page has unless asked for otherwise. */
const defaultSize = 100;

/** The log of an article's events by request. */
@Resolver(() => Article)
export class ArticleEventResolver {
  readonly #views: EventViews;

  /** @param views of all kinds of events */
  constructor(views: EventViews) {
    this.#views = views;
  }

  @FieldResolver(() => ArticleEventPage, {
    description:
      'What happened to it, page by page, for those who can’t hold a socket: the same events as `articleEvents`, in order and without a gap, with an `ArticleReset` alone where the cursor can’t be gone on from. However much was missed, none of it is TOO_MANY here.',
    complexity: ({ args, childComplexity }) =>
      1 + pageSize('first', args.first as number | null | undefined, defaultSize) * childComplexity,
  })
  async events(
    @Root() { articleId }: Article,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'An article’s `liveCursor`, or the `cursor` of the last page or event you have; absent: from now on, an empty page with a cursor.',
    })
    after: string | null | undefined,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: defaultSize,
      description: 'How many at most: 1 to 100.',
    })
    first: number | null,
    @Ctx() context: Context,
  ): Promise<ArticleEventPage> {
    const page = await context.loaders.get(eventPage).load({
      articleId,
      after: after ?? undefined,
      limit: pageSize('first', first, defaultSize),
    });
    if (!page) throw new Error(`Article ${articleId} has no log`);
    const { items, cursor, hasMore } = page;
    return Object.assign(new ArticleEventPage(), {
      events: items.map((item) => toArticleEvent(item, this.#views)),
      cursor,
      hasMore,
    });
  }
}
