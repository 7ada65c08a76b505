import type { LoggedAction } from './acts.ts';

/** An entry of the queue. */
export interface QueuedItem {
  /** `article:comment`. */
  readonly comment: string;
  readonly held: string | null;
  readonly reports: number;
}

/** What the log says that waits of one comment. */
interface Waiting {
  /** The comment itself, or a new text of it. */
  text: boolean;
  /** The comment was public, and was taken back. */
  back: boolean;
  /** Reports of it may be open. */
  reported: boolean;
}

/** What has to wait for each decision to be made. */
const needs: Readonly<Record<string, (waiting: Waiting) => boolean>> = {
  APPROVED: ({ text, back }) => text || back,
  EDIT_APPROVED: ({ text }) => text,
  REJECTED: ({ text }) => text,
  EDIT_REJECTED: ({ text }) => text,
  REMOVED: ({ text, back, reported }) => text || back || reported,
  KEPT: ({ reported }) => reported,
};

/** Leads the queue from the first event of the log to the last. */
class Replay {
  readonly comments = new Map<string, Waiting>();
  readonly faults: string[] = [];
  readonly #before = new Map<string, Waiting>();

  take(event: LoggedAction): void {
    const { comment, kind } = event;
    if (comment === null) return;
    const waiting = this.comments.get(comment) ?? { text: false, back: false, reported: false };
    this.comments.set(comment, waiting);
    if (kind === 'HELD') waiting[event.phase === 'REPORTS' ? 'back' : 'text'] = true;
    else if (kind === 'REPORTED') waiting.reported = true;
    else if (kind === 'WITHDRAWN') waiting.text = waiting.back = false;
    else if (kind === 'DECIDED') this.#decide(event, comment, waiting);
    else if (kind === 'UNDONE') this.#undo(event, waiting);
  }

  #decide({ sequence, decision, decisionId }: LoggedAction, comment: string, waiting: Waiting): void {
    const needed = needs[decision ?? ''];
    if (!needed) return;
    if (!needed(waiting))
      this.faults.push(`event ${sequence}: ${decision} of ${comment}, of which nothing like it waits`);
    this.#before.set(decisionId ?? '', { ...waiting });
    if (decision === 'KEPT') waiting.reported = false;
    else if (decision === 'REMOVED') Object.assign(waiting, { text: false, back: false, reported: false });
    else if (decision === 'APPROVED' && waiting.back) waiting.back = waiting.reported = false;
    else waiting.text = false;
  }

  #undo({ sequence, decision, decisionId, changesNothing }: LoggedAction, waiting: Waiting): void {
    const before = this.#before.get(decisionId ?? '');
    if (!before) {
      this.faults.push(`event ${sequence}: decision ${decisionId} was undone, and never made`);
      return;
    }
    this.#before.delete(decisionId ?? '');
    if (changesNothing) return;
    waiting.reported ||= before.reported;
    // To undo an approval is to take the comment back.
    if (decision === 'APPROVED') waiting.back = true;
    if (decision === 'EDIT_APPROVED' || decision === 'EDIT_REJECTED' || decision === 'REJECTED')
      waiting.text = true;
    if (decision === 'REMOVED') Object.assign(waiting, { text: before.text, back: before.back });
  }
}

/**
 * Follows the queue through the log: a decision ends what waits, so that nothing is decided twice, and what the log says that waits in
 * the end is what is in the queue.
 * @returns the faults
 */
export function checkQueue(log: readonly LoggedAction[], queue: readonly QueuedItem[]): string[] {
  const replay = new Replay();
  for (const event of log) replay.take(event);
  const { comments, faults } = replay;
  const queued = new Map(queue.map((item) => [item.comment, item]));
  for (const [comment, { text, back, reported }] of comments) {
    const item = queued.get(comment);
    const held = item?.held ?? null;
    const expected = back ? 'taken back' : text ? 'held' : 'nothing';
    if ((held !== null) !== (text || back) || (back && held !== 'REPORTS'))
      faults.push(`${comment}: the log says that ${expected} waits, and the queue ${held ?? 'nothing'}`);
    if (item && item.reports > 0 && !reported)
      faults.push(`${comment}: the queue has ${item.reports} reports, and the log none`);
  }
  for (const { comment, held } of queue)
    if (!comments.has(comment))
      faults.push(`${comment} is in the queue (${held ?? 'reported'}), and not in the log`);
  return faults;
}
