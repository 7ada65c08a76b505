import DataLoader from 'dataloader';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { selectModerationLogPart } from '../../../platform/screening/moderation-log.queries.ts';

/** The position after the newest event of moderation, as it was when it was first asked for. */
export const moderationCursor: LoaderFactory<DataLoader<'head', string>> = ({ db }) =>
  new DataLoader(async (keys) => {
    const { head } = await selectModerationLogPart(db, null, 0);
    return keys.map(() => encodeEventCursor(head));
  });
