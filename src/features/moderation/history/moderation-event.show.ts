import { commentByKey } from '../../comments/thread/comment.loader.ts';
import type { OmittedEvent, StreamItem } from '../../../platform/events/event.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { ModerationEventRow } from '../../../platform/screening/moderation-log.queries.ts';
import { toModerationAction } from './moderation-action.type.ts';
import { moderationEventBySequence } from './moderation-event.loader.ts';
import { type ModerationEvent, resetInPlaceOf, toModerationMark } from './moderation-event.type.ts';

/** Most characters of the text of one action's comment, as of the events of articles. */
const maxTextLength = 2 * 1024 * 1024;

/** Shows an item of the stream of moderation: its details are loaded by its number. */
export async function showModerationItem(
  item: StreamItem | OmittedEvent,
  { loaders }: Context,
): Promise<ModerationEvent> {
  if (item.type !== 'event' && item.type !== 'omitted') return toModerationMark(item);
  const { epoch, event } = item;
  if (item.type === 'omitted') return resetInPlaceOf(event, epoch, 'TOO_MANY');
  const row = await loaders.get(moderationEventBySequence).load(event.sequence);
  // It was pruned since the stream has read that it is there.
  return row ? toModerationAction(row, epoch) : resetInPlaceOf(event, epoch, 'EXPIRED');
}

async function isTooLarge(
  { articleId, commentId: id }: ModerationEventRow,
  { loaders }: Context,
): Promise<boolean> {
  if (articleId === null || id === null) return false;
  const row = await loaders.get(commentByKey).load({ articleId, id });
  return row !== undefined && Math.max(row.bodyHtml.length, row.bodyText.length) > maxTextLength;
}

/**
 * As `showModerationItem`, for a page that shows texts: without a text that is too large for a response by itself, with which a client
 * that reads page by page would request the same page forever.
 */
export async function showBoundedItem(item: StreamItem, context: Context): Promise<ModerationEvent> {
  if (item.type !== 'event') return showModerationItem(item, context);
  const row = await context.loaders.get(moderationEventBySequence).load(item.event.sequence);
  const isOmitted = row !== undefined && (await isTooLarge(row, context));
  return showModerationItem(isOmitted ? { ...item, type: 'omitted' } : item, context);
}
