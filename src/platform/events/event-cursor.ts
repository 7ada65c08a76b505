/** A position in one log. The epoch changes when a backup is restored, which invalidates older cursors. */
export interface EventPosition {
  readonly epoch: string;
  /** The log's key: the article's, `inboxLog`, `siteLog` or `moderationLogKey`. */
  readonly articleId: string;
  readonly sequence: number;
}

/** The key of an account's inbox among the logs that streams follow. The key of an article's log is the article's number. */
export const inboxLog = (accountId: string): string => `i${accountId}`;

/** The account whose inbox a log is; undefined for the log of an article. */
export const accountOfLog = (key: string): string | undefined =>
  key.startsWith('i') ? key.slice(1) : undefined;

/** The key of the log of the whole site. */
export const siteLog = 's';

/** The key of the log of moderation. */
export const moderationLogKey = 'm';

const pattern = /^events\|([0-9a-f-]{36})\|(s|m|i?[1-9]\d{0,18})\|(0|[1-9]\d{0,14})\.$/;

/**
 * Encodes a position as an opaque `EventCursor`. The full stop at its end distinguishes a complete cursor from a
 * truncated one.
 */
export function encodeEventCursor({ epoch, articleId, sequence }: EventPosition): string {
  return Buffer.from(`events|${epoch}|${articleId}|${sequence}.`).toString('base64url');
}

/** @returns undefined for any text that `encodeEventCursor` did not write */
export function decodeEventCursor(cursor: string): EventPosition | undefined {
  const [, epoch, articleId, sequence] =
    pattern.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (epoch === undefined || articleId === undefined || sequence === undefined) return undefined;
  const position = { epoch, articleId, sequence: Number(sequence) };
  return encodeEventCursor(position) === cursor ? position : undefined;
}
