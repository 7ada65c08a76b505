/** A position in one article's log. The epoch changes when a backup is restored: older cursors mean nothing then. */
export interface EventPosition {
  readonly epoch: string;
  readonly articleId: string;
  readonly sequence: number;
}

const pattern = /^events\|([0-9a-f-]{36})\|([1-9]\d{0,18})\|(0|[1-9]\d{0,9})\.$/;

/** Writes a position as an opaque `EventCursor`. The full stop at its end tells it from one that was cut short. */
export function encodeEventCursor({ epoch, articleId, sequence }: EventPosition): string {
  return Buffer.from(`events|${epoch}|${articleId}|${sequence}.`).toString('base64url');
}

/** @returns undefined for anything that `encodeEventCursor` did not write */
export function decodeEventCursor(cursor: string): EventPosition | undefined {
  const [, epoch, articleId, sequence] =
    pattern.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (epoch === undefined || articleId === undefined || sequence === undefined) return undefined;
  const position = { epoch, articleId, sequence: Number(sequence) };
  return encodeEventCursor(position) === cursor ? position : undefined;
}
