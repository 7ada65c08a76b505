import type { Queryable } from '../db/database.ts';
import { decodeEventCursor, encodeEventCursor } from './event-cursor.ts';
import type { ResetReason, StreamItem } from './event.ts';
import type { LogPart, NumberedLog } from './numbered-log.ts';
import { startOf } from './start.ts';

/** Where a page begins that continues no other: at the oldest event that is kept, or behind the newest one. */
export type LogBegin = 'OLDEST' | 'NOW';

/** The part of a log that a client asks for. */
export interface LogRange {
  /** The client's cursor; undefined: as `begin` says. */
  readonly after: string | undefined;
  readonly begin: LogBegin;
}

/** A request for one page of a log. */
export interface LogPageKey extends LogRange {
  /** The log's key. */
  readonly key: string;
  /** The most events. */
  readonly limit: number;
}

/** The answer to a client that polls for events. */
export interface LogPage {
  /** In order and without a gap from the client's cursor on; or a reset alone. */
  readonly items: readonly StreamItem[];
  /** The cursor from which the next page begins. */
  readonly cursor: string;
  /** Whether there were more events after these when they were read. */
  readonly hasMore: boolean;
}

/**
 * The number after which events are read for a page; null: none are. A cursor of another log is answered with a reset,
 * whichever events are read for it.
 */
function sequenceBefore({ after, begin }: LogRange): number | null {
  if (after === undefined) return begin === 'OLDEST' ? 0 : null;
  return decodeEventCursor(after)?.sequence ?? null;
}

/**
 * Reads pages of several logs of one kind, each with its head at the same moment. The contract is the stream's except for
 * the replay cap: a page is bounded, so that a client can read everything that it missed, page by page.
 * @returns as many pages as there are keys; undefined for a log that does not exist
 */
export async function readLogPages(
  db: Queryable,
  log: NumberedLog,
  keys: readonly LogPageKey[],
): Promise<(LogPage | undefined)[]> {
  const requests = keys.map(({ key, limit, ...range }) => ({
    log: key,
    after: sequenceBefore(range),
    limit,
  }));
  const parts = await log.parts(db, requests);
  return keys.map((range, index) => {
    const part = parts[index];
    return part && pageOf(part, range);
  });
}

/** The page that a part of a log is, for a client that asked for this range. */
function pageOf(part: LogPart, range: LogRange): LogPage {
  const { epoch, log, sequence: head } = part.head;
  const start = startOrReason(part, range);
  if (typeof start === 'string') {
    const cursor = encodeEventCursor(part.head);
    const here = { epoch, log, sequence: head, at: new Date() };
    return { items: [{ type: 'reset', ...here, reason: start }], cursor, hasMore: false };
  }
  const sequence = part.events.at(-1)?.sequence ?? start;
  return {
    items: part.events.map((event) => ({ type: 'event', epoch, event })),
    cursor: encodeEventCursor({ epoch, log, sequence }),
    hasMore: sequence < head,
  };
}

/** The number after which the page begins, or the reason why it can't begin at the client's cursor. */
function startOrReason({ head, events }: LogPart, { after, begin }: LogRange): number | ResetReason {
  const [first] = events;
  if (after === undefined && begin === 'OLDEST') return first ? first.sequence - 1 : head.sequence;
  const start = startOf({ ...head, key: head.log, head: head.sequence }, after, Number.POSITIVE_INFINITY);
  if (typeof start === 'string' || start === head.sequence) return start;
  // The events that were read decide whether any were pruned, so that a page never begins with a gap.
  return first?.sequence === start + 1 ? start : 'EXPIRED';
}
