/** A position in one log. The epoch changes when a backup is restored, which invalidates older cursors. */
export interface EventPosition {
  readonly epoch: string;
  /** The log's key. */
  readonly log: string;
  readonly sequence: number;
}

const pattern = /^events\|([0-9a-f-]{36})\|([a-z]|[a-z]?[1-9]\d{0,18})\|(0|[1-9]\d{0,14})\.$/;

/**
 * Encodes a position as an opaque `EventCursor`. The full stop at its end distinguishes a complete cursor from a
 * truncated one.
 */
export function encodeEventCursor({ epoch, log, sequence }: EventPosition): string {
  return Buffer.from(`events|${epoch}|${log}|${sequence}.`).toString('base64url');
}

/** @returns undefined for any text that `encodeEventCursor` did not write */
export function decodeEventCursor(cursor: string): EventPosition | undefined {
  const [, epoch, log, sequence] = pattern.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (epoch === undefined || log === undefined || sequence === undefined) return undefined;
  const position = { epoch, log, sequence: Number(sequence) };
  return encodeEventCursor(position) === cursor ? position : undefined;
}
