import { decodeEventCursor } from './event-cursor.ts';
import type { ResetReason } from './event.ts';

/** The part of one log's state against which a cursor is checked. */
export interface KnownLog {
  /** The log's key. */
  readonly key: string;
  readonly epoch: string;
  /** The number of the last event; 0: none yet. */
  readonly head: number;
  /** Events up to this number were pruned. */
  readonly prunedSequence: number;
}

/**
 * The number of the event after which a client continues, or the reason why it can't continue from its cursor.
 * @param after the client's cursor; undefined: from now on
 * @param maxReplay the most events that may lie between; more is a reset
 */
export function startOf(log: KnownLog, after: string | undefined, maxReplay: number): number | ResetReason {
  if (after === undefined) return log.head;
  const position = decodeEventCursor(after);
  if (!position || position.log !== log.key) return 'UNKNOWN_CURSOR';
  if (position.epoch !== log.epoch) return 'EPOCH_CHANGED';
  if (position.sequence > log.head) return 'UNKNOWN_CURSOR';
  if (position.sequence < log.prunedSequence) return 'EXPIRED';
  if (log.head - position.sequence > maxReplay) return 'TOO_MANY';
  return position.sequence;
}
