import type { Logs, Received, StreamHistory } from './history.ts';

/** How often a subscriber must have been reset. */
export type ResetRule = 'never' | 'once';

/** The kind of an event in the log, derived from its GraphQL type. */
export function kindOf(typename: string): string {
  return typename.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/**
 * Checks the history of one subscriber against the log: strictly ascending from its start, without gaps and
 * repetitions, each event equal to the log's event of that sequence number, to the end of the log.
 * @returns the faults, of the sequence only the first: later ones follow from it
 */
export function checkStream(history: StreamHistory, logs: Logs, rule: ResetRule): string[] {
  const log = logs[history.articleId] ?? [];
  const faults = history.errors.map((error) => `was told: ${error}`);
  let position = history.start;
  for (const received of history.received) {
    const fault = faultOf(received, position, log);
    if (fault !== undefined) return [...faults, fault].map(named(history));
    position = received.sequence;
  }
  faults.push(...checkResets(history, rule));
  if (position === undefined) faults.push('got nothing at all, not even a checkpoint');
  else if (position !== log.length) faults.push(`ends at ${position}; the log ends at ${log.length}`);
  return faults.map(named(history));
}

function checkResets({ received }: StreamHistory, rule: ResetRule): string[] {
  const resets = received.filter(({ type }) => type === 'reset');
  if (rule === 'never') return resets.map((reset) => `was reset: ${JSON.stringify(reset)}`);
  return resets.length === 1 ? [] : [`was reset ${resets.length} times instead of once`];
}

/**
 * Checks what a subscriber shows that was reset, loaded the page again and continued, against the thread.
 * @param page the comments of the loaded page
 * @param listed the comments that the thread shows now
 */
export function checkPage(
  history: StreamHistory,
  page: readonly string[] | undefined,
  listed: readonly string[],
): string[] {
  if (!page) return [named(history)('was reset and has no page')];
  const after = history.received.slice(history.received.findIndex(({ type }) => type === 'reset'));
  const shown = new Set(page);
  for (const received of after)
    if (received.type === 'event' && received.kind === 'COMMENT_ADDED' && received.commentId !== null)
      shown.add(received.commentId);
  const missing = listed.filter((id) => !shown.has(id));
  const extra = shown.size + missing.length - listed.length;
  return missing.length === 0 && extra === 0
    ? []
    : [
        named(history)(
          `shows ${shown.size} comments after its reset, ${missing.length} missing, ${extra} too many`,
        ),
      ];
}

const named =
  ({ subscriber, articleId }: StreamHistory) =>
  (fault: string): string =>
    `subscriber ${subscriber} of article ${articleId} ${fault}`;

function faultOf(received: Received, position: number | undefined, log: Logs[string]): string | undefined {
  const { type, sequence } = received;
  if (type === 'reset') return undefined;
  if (type === 'checkpoint')
    return position === undefined || position === sequence
      ? undefined
      : `got a checkpoint at ${sequence} while it was at ${position}`;
  if (position === undefined) return `got event ${sequence} before any cursor`;
  if (sequence <= position) return `got event ${sequence} again or out of order: it was at ${position}`;
  if (sequence > position + 1) return `has a gap: event ${sequence} came after ${position}`;
  const logged = log[sequence - 1];
  if (!logged) return `got event ${sequence}, and the log ends at ${log.length}`;
  if (logged.kind !== received.kind || logged.commentId !== received.commentId)
    return `got ${received.kind} of comment ${received.commentId} as event ${sequence}; the log has ${logged.kind} of ${logged.commentId}`;
  return undefined;
}
