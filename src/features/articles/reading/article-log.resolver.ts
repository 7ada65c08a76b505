import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../platform/graphql/context.ts';
import type { EventTextLengths, EventViews } from '../../../platform/graphql/event-views.ts';
import { ArticleEventPage, toArticleEvent } from '../article/article-event.type.ts';
import { withoutLargeEvents } from '../article/article-log.show.ts';
import { eventPage, textByArticleId } from '../article/article.loader.ts';
import { Article } from '../article/article.type.ts';
import { costOfEvents, EventPageArgs, eventRange } from '../article/event-page.input.ts';

/** Lengths of the texts in the events of the article itself, by kind. */
export const articleTextLengths = {
  ARTICLE_UPDATED: async ({ articleId }, context) => {
    const row = await context.loaders.get(textByArticleId).load(articleId);
    return row ? Math.max(row.bodyHtml.length, row.bodyText.length) : 0;
  },

  COMMENT_POLICY_CHANGED: 'short',
  ARTICLE_UNPUBLISHED: 'short',
} satisfies EventTextLengths;

/** The field of articles that returns pages of the event log. */
@Resolver(() => Article)
export class ArticleLogResolver {
  readonly #views: EventViews;
  readonly #textLengths: EventTextLengths;

  /**
   * @param views the views of all kinds of events
   * @param textLengths the text lengths of all kinds of events
   */
  constructor(views: EventViews, textLengths: EventTextLengths) {
    this.#views = views;
    this.#textLengths = textLengths;
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
    const page = await context.loaders.get(eventPage).load({ articleId, ...eventRange(args) });
    if (!page) throw new Error(`Article ${articleId} has no log`);
    const { cursor, hasMore } = page;
    const items = await withoutLargeEvents(page.items, this.#textLengths, context, info);
    const events = items.map((item) => toArticleEvent(item, this.#views));
    return Object.assign(new ArticleEventPage(), { events, cursor, hasMore });
  }
}
