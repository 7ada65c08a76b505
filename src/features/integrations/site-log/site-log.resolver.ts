import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root, Subscription } from 'type-graphql';
import { ArticleEvent, toArticleEvent } from '../../articles/article/article-event.type.ts';
import { withoutLargeEvents } from '../../articles/article/article-log.show.ts';
import { articleById } from '../../articles/article/article.loader.ts';
import { Article } from '../../articles/article/article.type.ts';
import { costOfEvents, EventPageArgs, eventRange } from '../../articles/article/event-page.input.ts';
import type { OmittedEvent, StreamItem } from '../../../platform/events/event.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { ArticleEvents } from '../../../platform/graphql/article-events.ts';
import { LiveSource } from '../../../platform/graphql/live-source.ts';
import { logPages } from '../../../platform/graphql/log-pages.ts';
import { EventCursorScalar } from '../../../platform/graphql/scalars.ts';
import { SiteArticleEvent, SiteEvent, SiteEventPage, toOriginal, toSiteEvent } from './site-event.type.ts';
import { siteLog } from './site-log.ts';

/** Pages of the site's log. */
const siteEventPage = logPages(siteLog);

const siteEventsOf = ({ after }: { readonly after?: string | null }): LiveSource =>
  new LiveSource({
    log: siteLog.keyOf(),
    after: after ?? undefined,
    wants: () => true,
    isVisible: () => Promise.resolve(true),
  });

/** The public events of the whole site. */
@Resolver()
export class SiteLogResolver {
  readonly #events: ArticleEvents;

  constructor(events: ArticleEvents) {
    this.#events = events;
  }

  @Subscription(() => SiteEvent, {
    description:
      'All public events of the whole site, in order and without a gap: first the events after the cursor, then a checkpoint, then each event a moment after it happened, usually within a second. The events of one article have the order of `articleEvents`; new articles come by themselves.',
    subscribe: ({ args }: { args: { after?: string | null } }) => siteEventsOf(args),
  })
  siteEvents(
    @Root() item: StreamItem | OmittedEvent,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description: 'The `cursor` of `events` or of the last event received; absent: events from now on.',
    })
    _after: string | null | undefined,
  ): SiteEvent {
    return toSiteEvent(item);
  }

  @Query(() => SiteEventPage, {
    description:
      'The same events as `siteEvents`, in order and without a gap, in pages for clients that cannot keep a connection open. If the service cannot resume from `after`, the page is one `SiteReset` alone. Any number of missed events can be read: TOO_MANY does not occur here.',
    complexity: ({ args, childComplexity }) => costOfEvents(args, childComplexity),
  })
  async events(
    @Args(() => EventPageArgs) args: EventPageArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SiteEventPage> {
    const { items, cursor, hasMore } = await context.loaders
      .get(siteEventPage)
      .load({ key: siteLog.keyOf(), ...eventRange(args) });
    const originals = items.map(toOriginal);
    const shown = await withoutLargeEvents(originals, this.#events, context, info);
    const events = items.map((item, index) => toSiteEvent(item, shown[index]?.type === 'omitted'));
    return Object.assign(new SiteEventPage(), { events, cursor, hasMore });
  }
}

async function loadPublic({ loaders }: Context, articleKey: string): Promise<Article | null> {
  const row = await loaders.get(articleById).load(articleKey);
  return row?.status === 'PUBLISHED' ? Article.from(row) : null;
}

/** The contents of an event of the site's stream, for as long as its article is public. */
@Resolver(() => SiteArticleEvent)
export class SiteArticleEventResolver {
  constructor(private readonly events: ArticleEvents) {}

  @FieldResolver(() => Article, {
    nullable: true,
    description: 'The article as it is now; null if it is not public any more, and beside an `EventOmitted`.',
  })
  async article(
    @Root() { articleKey, original }: SiteArticleEvent,
    @Ctx() context: Context,
  ): Promise<Article | null> {
    // The article's own text may be what is too large.
    return original.type === 'omitted' ? null : loadPublic(context, articleKey);
  }

  @FieldResolver(() => ArticleEvent, {
    nullable: true,
    description:
      'The event, with number and cursor of its article’s own events; null if the article is not public any more. An `ArticleUnpublished` is always shown.',
  })
  async event(@Root() shown: SiteArticleEvent, @Ctx() context: Context): Promise<ArticleEvent | null> {
    const isShown = shown.isUnpublication || (await loadPublic(context, shown.articleKey)) !== null;
    return isShown ? toArticleEvent(shown.original, this.events) : null;
  }
}
