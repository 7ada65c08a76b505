import type { GraphQLResolveInfo } from 'graphql';
import type { OmittedEvent, StreamItem } from '../../../platform/events/event.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { ArticleEvents } from '../../../platform/graphql/article-events.ts';
import { selectsField } from '../../../platform/graphql/selects-field.ts';

/**
 * Most characters of the texts of one event. An event with longer texts is replaced by `EventOmitted`, as in a stream.
 */
const maxTextLength = 2 * 1024 * 1024;

const bodies = /^body(Html|Text)$/;

/**
 * Replaces events that are too large for a response by themselves; without this, a client that reads page by page would
 * request the same page forever.
 * @param info of the field that shows the events
 */
export async function withoutLargeEvents(
  items: readonly StreamItem[],
  events: ArticleEvents,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<readonly (StreamItem | OmittedEvent)[]> {
  if (!selectsField(info, bodies)) return items;
  // The text of an article is read only where it can be shown: a page may hold the events of a hundred articles.
  const showsArticles = selectsField(info, bodies, 'article');
  return Promise.all(
    items.map(async (item) => {
      if (item.type !== 'event' || (item.event.subjectId === null && !showsArticles)) return item;
      const length = await events.textLength(item.event, context);
      return length > maxTextLength ? { ...item, type: 'omitted' as const } : item;
    }),
  );
}
