import DataLoader from 'dataloader';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { moderationLog } from '../../../platform/screening/moderation-log.ts';

/** The position after the newest event of moderation, as it was when it was first asked for. */
export const moderationCursor: LoaderFactory<DataLoader<'head', string>> = ({ db }) =>
  new DataLoader(async (keys) => {
    const [head] = await moderationLog.heads(db, [moderationLog.keyOf()]);
    if (!head) throw new Error('There is no log of moderation');
    return keys.map(() => encodeEventCursor(head));
  });
