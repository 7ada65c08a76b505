import { articleScope } from '../../articles/article/article-scope.ts';
import {
  canSeeArticle,
  type CommentPolicy,
  canSetCommentPolicy,
} from '../../articles/article/article.policy.ts';
import { lockArticleForChange } from '../../articles/article/article-write.queries.ts';
import { isAccount, refusalToModerate, type Viewer } from '../../../platform/auth/viewer.ts';
import type { DeskParts } from '../../comments/held/held-text.ts';
import { publishLocked, withdrawLocked } from '../../comments/writing/comment-removal.ts';
import {
  hasEverReplied,
  lockComment,
  type LockedCommentRow,
  updateCommentStatus,
} from '../../comments/writing/comment-write.queries.ts';
import { canSeeComment, refusalToRemove } from '../../comments/thread/comment.policy.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import { selectLastDecisions } from '../../comments/held/last-decision.queries.ts';
import { selectHeldEdit } from '../../comments/held/held-edit.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { NewEvent } from '../../../platform/events/log.ts';
import { findLastDecision, insertDecision } from '../../../platform/screening/moderation-decision.queries.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { restorePhase } from '../../../platform/screening/moderation-item.queries.ts';
import {
  actorOf,
  type ModerationActor,
  type NewModerationEvent,
} from '../../../platform/screening/moderation-log.ts';
import {
  decideLocked,
  type DecisionRequest,
  type LockedItem,
  lockItemOf,
  requireUnclaimed,
} from './comment-decisions.ts';
import { type Verdict, verdictsOf } from './comment-decision.policy.ts';
import { restoreEditPhase } from './decision-undo.ts';
import { escalateLocked } from './escalation.ts';
import { selectIsUndone } from './hook.queries.ts';
import { updateCommentPolicy } from './moderation.queries.ts';
import { claimDecision, repeatedDecision } from './repeated-decision.ts';
import { keptNote } from '../../../platform/screening/decision-note.ts';

/** A decision about a comment, from a client. */
export interface GivenDecision {
  readonly verdict: Verdict;
  /** The revision that the moderator has read; undefined for any. */
  readonly expectedRevision: number | undefined;
  readonly reason?: ModerationReason | null | undefined;
  /** For the author. */
  readonly note?: string | null | undefined;
  /** Ids of open reports that were made in bad faith; absent: none were. */
  readonly badFaithReports?: readonly string[];
  /** Made once for the decision, and sent with every repetition of the request. For decisions about comments of the queue. */
  readonly idempotencyKey?: string | undefined;
}

/** A text that a program leaves to a moderator. */
export type GivenEscalation = Pick<GivenDecision, 'expectedRevision' | 'reason' | 'note'>;

/** Why a moderator removes a comment. */
export type WhyRemoved = Pick<GivenDecision, 'reason' | 'note'>;

/** The result of a command on a comment. */
export interface DecidedComment {
  readonly key: CommentKey;
  /** Undefined: nothing was to be decided. */
  readonly decisionId: string | undefined;
}

export interface RemovedComment extends DecidedComment {
  /** Whether a tombstone remains. */
  readonly stays: boolean;
}

/** What a command has done, to be told last. */
interface Told {
  readonly decisionId: string | undefined;
  readonly told?: NewModerationEvent | undefined;
  readonly event?: NewEvent | undefined;
}

const nothing: Told = { decisionId: undefined };

/** Moderators' commands. Each command may be repeated; a repetition changes nothing. */
export class ModerationService {
  constructor(private readonly parts: DeskParts) {}

  /** Decides about a comment that waits, that was reported or that is public, wherever the moderator has met it. */
  decideComment(viewer: Viewer, key: CommentKey, given: GivenDecision): Promise<Result<DecidedComment>> {
    return this.#moderate(viewer, key, (tx, locked) => this.#decide(tx, viewer, locked, requestOf(given)));
  }

  /**
   * As `decideComment`, for a comment of the queue: what left the queue since it was read is not decided. The same decision of the
   * same moderator again is no other one: under its key whatever has happened since, and without one as long as it is out of the queue.
   */
  decideItem(viewer: Viewer, key: CommentKey, given: GivenDecision): Promise<Result<DecidedComment>> {
    return this.#moderate(viewer, key, async (tx, locked) => {
      const request = requestOf(given, 'note');
      if (request.verdict !== 'APPROVE' && request.reason === null)
        throw new Refusal('INVALID_INPUT', ['reason'], 'Give a reason: its author is told.');
      const repeatable = { viewer, key, request };
      const { id, made: before } = await claimDecision(tx, repeatable, given.idempotencyKey);
      if (before !== undefined) return { decisionId: before };
      const actor = actorOf(viewer);
      if (locked.item) await requireUndecided(tx, actor, locked, request);
      const isLeft =
        !locked.item ||
        (await isLateApproval(tx, actor, locked, request)) ||
        (await isOfRejectedEdit(tx, locked, request));
      const made = isLeft ? nothing : await this.#decide(tx, viewer, locked, { ...request, id });
      if (made.decisionId !== undefined) return made;
      return { decisionId: await repeatedDecision(tx, repeatable, given.idempotencyKey) };
    });
  }

  /**
   * Leaves what waits to a moderator: the hook has read it, and does not decide. A repetition changes nothing.
   * Refusals are ALREADY_DECIDED, CLAIMED, STALE_REVISION, NOT_FOUND and those of whoever may not moderate.
   */
  escalateItem(viewer: Viewer, key: CommentKey, given: GivenEscalation): Promise<Result<DecidedComment>> {
    return this.#moderate(viewer, key, async (tx, locked) => {
      if (given.note != null)
        throw new Refusal('INVALID_INPUT', ['note'], 'A note is for a decision: its author is told.');
      return { decisionId: undefined, told: await escalateLocked(tx, actorOf(viewer), locked, given) };
    });
  }

  /**
   * Removes a comment, whoever has claimed it. Removing a removed comment again returns the same result; what its author has removed,
   * alone or after a moderator, no decision brings back.
   * @param why for the author and the log of moderation, if a moderator removes the comment of somebody else
   */
  removeComment(viewer: Viewer, key: CommentKey, why: WhyRemoved): Promise<Result<RemovedComment>> {
    const remove = async (tx: Tx, locked: LockedItem): Promise<Told & Pick<RemovedComment, 'stays'>> => {
      const { comment } = locked;
      if (isAccount(viewer, comment.accountId))
        return { ...nothing, ...(await withdrawLocked(tx, viewer, key, locked)) };
      const request = requestOf({ verdict: 'REMOVE', expectedRevision: undefined, ...why });
      const made = await decideLocked(tx, this.parts.inbox, actorOf(viewer), locked, request);
      if (!made) return { decisionId: await repeatedRemoval(tx, viewer, key), stays: comment.listed };
      return {
        ...made,
        stays: comment.status === 'REMOVED' ? comment.listed : await hasEverReplied(tx, key),
      };
    };
    return this.#moderate(viewer, key, remove, refusalToRemove);
  }

  /**
   * Restores a removed comment to its earlier status: public, pending or rejected. Includes comments that left no
   * tombstone. What others have decided against a moderator's own comment is for another moderator to undo, and what its author has
   * removed is nobody else's to restore.
   */
  restoreComment(viewer: Viewer, key: CommentKey): Promise<Result<DecidedComment>> {
    return this.#moderate(viewer, key, async (tx, locked) => {
      const { comment, item } = locked;
      if (comment.removedStatus === null) {
        if (comment.status !== 'PUBLISHED')
          throw new Refusal('WRONG_STATUS', ['commentId'], 'It was not removed.');
        return nothing;
      }
      if (isAccount(viewer, comment.accountId) && (await isRemovedByOther(tx, viewer, key)))
        throw new Refusal('FORBIDDEN', ['commentId'], 'It is your own: another moderator has to restore it.');
      if (comment.isWithdrawn && !isAccount(viewer, comment.accountId))
        throw new Refusal('FORBIDDEN', ['commentId'], 'Its author has removed it.');
      // The comment was imported as a tombstone, or its author was erased.
      if (comment.bodyMarkdown === '')
        throw new Refusal('WRONG_STATUS', ['commentId'], 'Its text is gone for good.');
      if (item?.held === 'REPORTS') {
        const request = requestOf({ verdict: 'APPROVE', expectedRevision: undefined });
        return this.#decide(tx, viewer, locked, request);
      }
      return this.#restore(tx, viewer, locked, comment.removedStatus);
    });
  }

  setCommentPolicy(viewer: Viewer, articleId: string, policy: CommentPolicy): Promise<Result<string>> {
    return refusable(() =>
      this.parts.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        const article = await lockArticleForChange(tx, articleId);
        if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['articleId']);
        if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
        if (!canSetCommentPolicy(article, viewer)) throw new Refusal('FORBIDDEN', ['articleId']);
        const before = article.commentPolicy;
        if (before === policy) return articleId;
        await updateCommentPolicy(tx, articleId, policy);
        const detail = { commentPolicy: { before, after: policy } };
        const told = { kind: 'SETTINGS_CHANGED', actor: actorOf(viewer), articleId, detail } as const;
        // An article that is not published has no public history.
        const event = { articleId, kind: 'COMMENT_POLICY_CHANGED' } as const;
        await this.#append(tx, { told, event: article.status === 'PUBLISHED' ? event : undefined });
        return articleId;
      }),
    );
  }

  async #restore(
    tx: Tx,
    viewer: Viewer,
    { key, comment }: LockedItem,
    status: 'PUBLISHED' | 'PENDING' | 'REJECTED',
  ): Promise<Told> {
    const { articleId, id: commentId } = key;
    const about = { articleId, commentId, revision: comment.revision, subjectId: comment.accountId };
    const actor = actorOf(viewer);
    const before = { status: 'REMOVED' };
    const decisionId = await insertDecision(tx, { kind: 'RESTORED', actor, ...about, before });
    const detail = { decision: 'RESTORED' };
    const told = { kind: 'DECIDED', actor, ...about, decisionId, detail } as const;
    if (status !== 'PUBLISHED') {
      await updateCommentStatus(tx, key, status);
      await restorePhase(tx, about, comment.revision);
      return { decisionId, told };
    }
    // A comment that stayed as a tombstone is already listed.
    const publication = { kind: 'COMMENT_RESTORED', listed: comment.listed ? 0 : 1 } as const;
    const event = await publishLocked(tx, key, comment, publication);
    await restoreEditPhase(tx, key);
    return { decisionId, told, event };
  }

  /** @throws Refusal CLAIMED, and those of `decideLocked` */
  async #decide(tx: Tx, viewer: Viewer, locked: LockedItem, request: DecisionRequest): Promise<Told> {
    const actor = actorOf(viewer);
    if (locked.item) requireUnclaimed(locked.item, actor);
    return (await decideLocked(tx, this.parts.inbox, actor, locked, request)) ?? nothing;
  }

  #moderate<T extends Told>(
    viewer: Viewer,
    key: CommentKey,
    command: (tx: Tx, locked: LockedItem) => Promise<T>,
    refusalTo = (_: LockedCommentRow, by: Viewer) => refusalToModerate(by),
  ): Promise<Result<T & DecidedComment>> {
    return refusable(() =>
      this.parts.db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const comment = await lockComment(tx, key.articleId, key.id);
        if (!comment || !canSeeArticle(comment.article, viewer))
          throw new Refusal('NOT_FOUND', ['commentId']);
        const refusal = refusalTo(comment, viewer);
        // A viewer who may not do this learns no more from the refusal than from a query.
        if (refusal) throw new Refusal(canSeeComment(comment, viewer) ? refusal : 'NOT_FOUND', ['commentId']);
        const done = await command(tx, await lockItemOf(tx, key, comment));
        await this.#append(tx, done);
        return { ...done, key };
      }),
    );
  }

  /** Appends what was done to both logs, as the last statements of the transaction. */
  async #append(tx: Tx, { told, event }: Omit<Told, 'decisionId'>): Promise<void> {
    if (told && event) await this.parts.moderationLog.append(tx, [told]);
    else if (told) await this.parts.moderationLog.appendLast(tx, [told]);
    if (event) await this.parts.log.append(tx, event);
  }
}

/**
 * @param noteField the field of the input that has the note
 * @throws Refusal TOO_LONG, EMPTY_TEXT
 */
const requestOf = (
  { verdict, expectedRevision, reason = null, note, badFaithReports = [] }: GivenDecision,
  noteField: 'reason' | 'note' = 'reason',
): DecisionRequest => ({
  verdict,
  expectedRevision,
  reason,
  badFaithReports,
  note: keptNote(note, noteField),
});

/** The removal that a request repeats because its answer was lost: the last decision, if the same moderator has made it. */
async function repeatedRemoval(
  tx: Tx,
  { accountId }: Viewer,
  { articleId, id }: CommentKey,
): Promise<string | undefined> {
  const last = await findLastDecision(tx, articleId, id);
  return last?.kind === 'REMOVED' && last.actorId === accountId ? last.id : undefined;
}

/** Whether somebody else's removal of a comment stands: also of one that was imported, and is the viewer's since. */
async function isRemovedByOther(tx: Tx, { accountId }: Viewer, key: CommentKey): Promise<boolean> {
  const [last] = await selectLastDecisions(tx, [key]);
  return (last?.kind === 'REMOVED' || last?.kind === 'REMOVED_SINCE') && last.actorId !== accountId;
}

/**
 * A verdict of a program may be late, or come twice: it does not come before what a person has undone.
 * @throws Refusal ALREADY_DECIDED
 */
async function requireUndecided(
  tx: Tx,
  actor: ModerationActor,
  { key }: LockedItem,
  { expectedRevision }: DecisionRequest,
): Promise<void> {
  if (actor.kind !== 'SERVICE_ACCOUNT' || !(await selectIsUndone(tx, key, expectedRevision ?? null))) return;
  const message = 'A decision about this text was undone: a person has to decide.';
  throw new Refusal('ALREADY_DECIDED', ['commentId'], message);
}

/**
 * Whether a program approves a text that a decision has made or kept public before: a late or doubled verdict. It is about no reports
 * that were made since, which are for a person.
 */
async function isLateApproval(
  tx: Tx,
  actor: ModerationActor,
  { key, comment: { status } }: LockedItem,
  { verdict, expectedRevision }: DecisionRequest,
): Promise<boolean> {
  const wasPublic = status === 'PUBLISHED' || status === 'REMOVED';
  if (actor.kind !== 'SERVICE_ACCOUNT' || verdict !== 'APPROVE' || !wasPublic) return false;
  const last = await findLastDecision(tx, key.articleId, key.id);
  if (!last || last.revision !== expectedRevision) return false;
  return last.kind === 'RESTORED' || verdictsOf[last.kind]?.includes('APPROVE') === true;
}

/**
 * Whether the request is about a new text that was rejected since it was read. Reports keep the comment in the queue, and the text is
 * not in the queue any more.
 */
async function isOfRejectedEdit(
  tx: Tx,
  { key, comment, item }: LockedItem,
  { expectedRevision }: DecisionRequest,
): Promise<boolean> {
  if (item?.held !== null || comment.status !== 'PUBLISHED' || expectedRevision === comment.revision)
    return false;
  const edit = await selectHeldEdit(tx, key);
  return edit?.status === 'REJECTED' && edit.revision === expectedRevision;
}
