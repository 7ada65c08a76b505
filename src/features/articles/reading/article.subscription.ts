import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { OmittedEvent, StreamItem } from '../../../platform/events/event.ts';
import type { ArticleEvents } from '../../../platform/graphql/article-events.ts';
import { EventCursorScalar } from '../../../platform/graphql/scalars.ts';
import { ArticleEvent, toArticleEvent } from '../article/article-event.type.ts';
import { type EventArgs, eventsOf } from '../article/article-stream.show.ts';

@Resolver()
export class ArticleSubscriptionResolver {
  constructor(private readonly events: ArticleEvents) {}

  @Subscription(() => ArticleEvent, {
    description:
      'All events of an article, in order and without a gap: first the events after the cursor, then a checkpoint, then each event as it happens.',
    subscribe: ({ args }: { args: EventArgs }) => eventsOf(args, () => true),
  })
  articleEvents(
    @Root() item: StreamItem | OmittedEvent,
    @Arg('articleId', () => ID, { description: 'The article to listen to.' }) _articleId: string,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'The article’s `liveCursor`, or the `cursor` of the last event received; absent: events from now on.',
    })
    _after: string | null | undefined,
  ): ArticleEvent {
    return toArticleEvent(item, this.events);
  }
}
