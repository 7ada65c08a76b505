import type { DeskParts } from '../../comments/held/held-text.ts';
import { lockComment } from '../../comments/writing/comment-write.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import { systemActor } from '../../../platform/screening/moderation-log.ts';
import type { CommentText } from '../../screening/comment-hold.queries.ts';
import type { HookDeadlineAction } from '../../screening/screening-settings.ts';
import { decideLocked, type LockedItem, lockItemOf, type MadeDecision } from './comment-decisions.ts';
import { waitingRevision } from './escalation.ts';
import {
  endHookDeadline,
  lockOverdue,
  type OverdueRow,
  postponeOverdue,
  selectOverdue,
  updateHoldUnanswered,
} from './hook.queries.ts';

/** Most texts of one look. */
const batchSize = 100;

/** Time after which a text is looked at again whose deadline could not be carried out, in seconds. */
const pauseSeconds = 30;

/**
 * Carries out what the settings say of texts that the hook has not decided about in time: they become public, as a decision of the
 * service, or go on waiting. Both are in the log of moderation. A text is one transaction, which ends its time under the comment's lock:
 * however many nodes look at it, one acts, and a verdict at the same moment comes before or after. The time is the database's.
 */
export class HookDeadlines {
  /** @param onError told of what failed, which is tried again */
  constructor(
    private readonly parts: DeskParts,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Does as much as one look finds. @returns whether there may be more */
  async next(): Promise<boolean> {
    const { db } = this.parts;
    const node = db.forNode('hook');
    const overdue = await selectOverdue(node, batchSize);
    for (const text of overdue) {
      try {
        await db.transaction((tx) => this.#end(tx, text));
      } catch (error) {
        this.onError(error);
        await postponeOverdue(node, text, pauseSeconds);
      }
    }
    return overdue.length === batchSize;
  }

  async #end(tx: Tx, text: CommentText): Promise<void> {
    const { articleId, commentId } = text;
    const key = { articleId, id: commentId };
    const comment = await lockComment(tx, articleId, commentId);
    // Later statements see what was written while the lock was waited for.
    const overdue = await lockOverdue(tx, text);
    if (!overdue) return;
    const locked = comment && (await lockItemOf(tx, key, comment));
    const waits = locked !== undefined && (await waitingRevision(tx, locked)) === text.revision;
    if (!locked || !waits || overdue.isDecided) return endHookDeadline(tx, text);
    const decision = mayPublish(locked, overdue) ? await this.#publish(tx, locked, text) : undefined;
    if (!decision) await updateHoldUnanswered(tx, text);
    await this.#append(tx, locked, text, decision);
  }

  /** @returns undefined: it cannot become public, for example because the comment that it answers has vanished */
  async #publish(tx: Tx, locked: LockedItem, { revision }: CommentText): Promise<MadeDecision | undefined> {
    const given = { verdict: 'APPROVE', reason: null, note: null, badFaithReports: [] } as const;
    const request = { ...given, expectedRevision: revision };
    try {
      // Nothing is written before the refusals of a decision.
      return await decideLocked(tx, this.parts.inbox, systemActor, locked, request);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  async #append(
    tx: Tx,
    { comment }: LockedItem,
    text: CommentText,
    decision: MadeDecision | undefined,
  ): Promise<void> {
    const { log, moderationLog } = this.parts;
    const action: HookDeadlineAction = decision ? 'PUBLISH' : 'HOLD';
    const about = { actor: systemActor, ...text, subjectId: comment.accountId };
    const told = { ...about, kind: 'HOOK_UNANSWERED', detail: { action } } as const;
    await moderationLog.append(tx, decision ? [told, decision.told] : [told]);
    if (decision?.event) await log.append(tx, decision.event);
  }
}

/** What a person has begun to look at, or has forbidden, does not become public by itself. */
const mayPublish = ({ comment, item }: LockedItem, { action, isRestrained }: OverdueRow): boolean =>
  action === 'PUBLISH' &&
  item?.claimedBy === null &&
  !isRestrained &&
  comment.article.status === 'PUBLISHED' &&
  comment.article.commentPolicy === 'OPEN';
