import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Resolver, Root } from 'type-graphql';
import type { ArticleEventKind, ArticleEventRecord, StreamItem } from '../events/event.ts';
import type { Context } from '../graphql/context.ts';
import type { EventTextLengths, EventViews } from '../graphql/event-views.ts';
import { selectsField } from '../graphql/selects-field.ts';
import { pageSize } from '../graphql/page.ts';
import { EventCursorScalar } from '../graphql/scalars.ts';
import { type ArticleEvent, ArticleEventPage, toArticleEvent } from './article-event.type.ts';
import { eventPage, textByArticleId } from './article.loader.ts';
import { Article } from './article.type.ts';

/** Default number of events on a page. */
const defaultSize = 100;

/**
 * Most characters of the texts of one event. An event with longer texts is replaced by `EventOmitted`, as in a stream.
 */
const maxTextLength = 2 * 1024 * 1024;

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
    complexity: ({ args, childComplexity }) =>
      1 + pageSize('first', args.first as number | null | undefined, defaultSize) * childComplexity,
  })
  async events(
    @Root() { articleId }: Article,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'The article’s `liveCursor`, or the `cursor` of the last page or event received; absent: an empty page with the current `cursor`.',
    })
    after: string | null | undefined,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: defaultSize,
      description: 'The maximum number of events: 1 to 100.',
    })
    first: number | null,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ArticleEventPage> {
    const page = await context.loaders.get(eventPage).load({
      articleId,
      after: after ?? undefined,
      limit: pageSize('first', first, defaultSize),
    });
    if (!page) throw new Error(`Article ${articleId} has no log`);
    const { items, cursor, hasMore } = page;
    const showsTexts = selectsField(info, /^body(Html|Text)$/);
    const events = showsTexts
      ? await Promise.all(items.map((item) => this.#showBounded(item, context)))
      : items.map((item) => toArticleEvent(item, this.#views));
    return Object.assign(new ArticleEventPage(), { events, cursor, hasMore });
  }

  /**
   * Replaces an event that is too large for a response by itself; without this, a client that reads page by page would
   * request the same page forever.
   */
  async #showBounded(item: StreamItem, context: Context): Promise<ArticleEvent> {
    const isTooLong =
      item.type === 'event' && (await this.#textLengthOf(item.event, context)) > maxTextLength;
    return toArticleEvent(isTooLong ? { ...item, type: 'omitted' } : item, this.#views);
  }

  #textLengthOf(event: ArticleEventRecord, context: Context): Promise<number> {
    const length = this.#textLengths[event.kind as ArticleEventKind];
    return typeof length === 'function' ? length(event, context) : Promise.resolve(0);
  }
}
