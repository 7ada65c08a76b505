import { articleScope } from '../../articles/article/article-scope.ts';
import { canSeeArticle } from '../../articles/article/article.policy.ts';
import { isAccount, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { EventLog } from '../../../platform/events/log.ts';
import type { Inbox } from '../../notifications/inbox/inbox.ts';
import { closeReports } from '../../../platform/screening/comment-report.queries.ts';
import { withdrawHeldByReports } from '../../../platform/screening/held-by-reports.queries.ts';
import { findLastDecision, insertDecision } from '../../../platform/screening/moderation-decision.queries.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { lockItem, settleTakenBack } from '../../../platform/screening/moderation-item.queries.ts';
import {
  actorOf,
  type ModerationLog,
  type NewModerationEvent,
} from '../../../platform/screening/moderation-log.ts';
import { lockComment, type LockedCommentRow, updateCommentWithdrawn } from './comment-write.queries.ts';
import { removeLocked } from './comment-removal.ts';
import { canSeeComment, refusalToRemove } from '../thread/comment.policy.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { keptReason } from '../held/decision.ts';
import { withdrawnEvent } from '../held/held-text.ts';

export interface CommentRemovalServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly moderationLog: ModerationLog;
  readonly inbox: Inbox;
}

/** Why a moderator removes a comment. */
export interface WhyRemoved {
  readonly note?: string | null | undefined;
  readonly reason: ModerationReason | null;
}

export interface RemovedComment {
  readonly key: CommentKey;
  /** Whether the comment left no tombstone. */
  readonly vanished: boolean;
  /** The decision of the moderator who has removed the comment of somebody else. */
  readonly decisionId: string | undefined;
}

/** A locked comment that is removed, by whom, and why. */
interface RemovalBy {
  readonly comment: LockedCommentRow;
  readonly viewer: Viewer;
  readonly reason: ModerationReason | null;
  /** As it is stored. */
  readonly note: string | null;
}

/** Removes comments, for their authors and for moderators; a removal is one transaction, which ends with an event if the comment was public. */
export class CommentRemovalService {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #moderationLog: ModerationLog;
  readonly #inbox: Inbox;

  constructor({ db, log, moderationLog, inbox }: CommentRemovalServiceOptions) {
    this.#db = db;
    this.#log = log;
    this.#moderationLog = moderationLog;
    this.#inbox = inbox;
  }

  /**
   * Removes a comment. Removing a removed comment again returns the same result; what its author has removed, alone or after a
   * moderator, no decision brings back.
   * @param why for the author and the log of moderation, if a moderator removes the comment of somebody else
   */
  removeComment(viewer: Viewer, key: CommentKey, why: WhyRemoved): Promise<Result<RemovedComment>> {
    return refusable(() =>
      this.#db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const comment = await lockComment(tx, key.articleId, key.id);
        if (!comment || !canSeeArticle(comment.article, viewer))
          throw new Refusal('NOT_FOUND', ['commentId']);
        const refusal = refusalToRemove(comment, viewer);
        // A viewer who may not remove the comment learns no more from the refusal than from a query.
        if (refusal) throw new Refusal(canSeeComment(comment, viewer) ? refusal : 'NOT_FOUND', ['commentId']);
        const note = keptReason(why.note);
        const removal: RemovalBy = { comment, viewer, note, reason: why.reason };
        const isOwn = isAccount(viewer, comment.accountId);
        if (comment.status === 'REMOVED') {
          if (isOwn) await updateCommentWithdrawn(tx, key);
          const settled = await this.#settleHeld(tx, key, removal);
          if (settled) await this.#moderationLog.appendLast(tx, [settled]);
          const decisionId = settled ? settled.decisionId : await repeatedRemoval(tx, viewer, key, comment);
          return { key, vanished: !comment.listed, decisionId };
        }
        // A moderator's removal is a decision; an author takes back what waits, or what was reported.
        const told =
          (await this.#decideRemoval(tx, key, removal)) ?? (await this.#withdrawn(tx, key, removal));
        const { stays, event } = await removeLocked(tx, key, comment, isOwn);
        if (told && event) await this.#moderationLog.append(tx, [told]);
        else if (told) await this.#moderationLog.appendLast(tx, [told]);
        if (event) await this.#log.append(tx, event);
        return { key, vanished: !stays, decisionId: told?.decisionId };
      }),
    );
  }

  /**
   * A comment that reports have taken back stays removed if its author or a moderator says so. No moderator has to look at it any more.
   * @returns the event that tells moderators; undefined: reports hold no such comment
   */
  async #settleHeld(tx: Tx, key: CommentKey, removal: RemovalBy): Promise<NewModerationEvent | undefined> {
    const { comment, viewer } = removal;
    const { articleId, id: commentId } = key;
    if (isAccount(viewer, comment.accountId)) {
      if (!(await withdrawHeldByReports(tx, key))) return undefined;
      return withdrawnEvent(viewer, key, comment.revision);
    }
    const item = await lockItem(tx, articleId, commentId);
    if (item?.held !== 'REPORTS') return undefined;
    const told = await this.#decideRemoval(tx, key, removal);
    await settleTakenBack(tx, { articleId, commentId });
    return told;
  }

  /**
   * An author takes back what waits, or what was reported. Locks the entry of the queue before the removal locks counters: a moderator
   * who claims it may wait for one who decides about another comment of the thread.
   * @returns the event; undefined: neither is so
   */
  async #withdrawn(
    tx: Tx,
    key: CommentKey,
    { comment, viewer }: RemovalBy,
  ): Promise<NewModerationEvent | undefined> {
    const queued = isAccount(viewer, comment.accountId)
      ? await lockItem(tx, key.articleId, key.id)
      : undefined;
    return queued && withdrawnEvent(viewer, key, comment.revision);
  }

  /**
   * Stores the decision of a moderator who removes the comment of somebody else, and tells its author.
   * @returns the event that tells moderators; undefined for one's own comment
   */
  async #decideRemoval(
    tx: Tx,
    key: CommentKey,
    { comment: { accountId, status, revision }, viewer, reason, note }: RemovalBy,
  ): Promise<NewModerationEvent | undefined> {
    const { articleId, id: commentId } = key;
    if (accountId === viewer.accountId) return undefined;
    const about = { actor: actorOf(viewer), articleId, commentId, revision, subjectId: accountId, reason };
    const item = await lockItem(tx, articleId, commentId);
    const before = { status, held: item?.held ?? null };
    const decisionId = await insertDecision(tx, { kind: 'REMOVED', ...about, note, before });
    await closeReports(tx, { articleId, commentId }, { state: 'UPHELD', decisionId });
    if (accountId !== null)
      await this.#inbox.add(tx, [{ accountId, kind: 'COMMENT_REMOVED', articleId, subjectId: commentId }]);
    return { kind: 'DECIDED', ...about, decisionId, detail: { decision: 'REMOVED' } };
  }
}

/** The removal that a request repeats because its answer was lost: the last decision, if the same moderator has made it. */
async function repeatedRemoval(
  tx: Tx,
  viewer: Viewer,
  { articleId, id }: CommentKey,
  { accountId }: LockedCommentRow,
): Promise<string | undefined> {
  if (isAccount(viewer, accountId)) return undefined;
  const last = await findLastDecision(tx, articleId, id);
  return last?.kind === 'REMOVED' && last.actorId === viewer.accountId ? last.id : undefined;
}
