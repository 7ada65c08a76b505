import { publishLocked, removeLocked } from '../../comments/writing/comment-removal.ts';
import {
  type LockedCommentRow,
  lockParent,
  updateCommentStatus,
} from '../../comments/writing/comment-write.queries.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import {
  type HeldEditRow,
  publishHeldEdit,
  selectHeldEdit,
  updateHeldEditStatus,
} from '../../comments/held/held-edit.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import type { NewEvent } from '../../../platform/events/log.ts';
import type { commentNotifications } from '../../comments/comment-notifications.ts';
import type { Inbox } from '../../notifications/inbox/inbox.ts';
import { closeReports } from '../../../platform/screening/comment-report.queries.ts';
import {
  type DecidedState,
  insertDecision,
} from '../../../platform/screening/moderation-decision.queries.ts';
import type { ModerationDecisionKind } from '../../../platform/screening/moderation-decision.entity.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import {
  type ItemKey,
  lockItem,
  type ModerationItemRow,
  settleTakenBack,
} from '../../../platform/screening/moderation-item.queries.ts';
import type { ModerationActor, NewModerationEvent } from '../../../platform/screening/moderation-log.ts';
import { endHookDeadline, hookPhase } from './hook.queries.ts';
import {
  type DecisionPlan,
  type DecisionRefusal,
  nothingToDecide,
  planDecision,
  type Verdict,
} from './comment-decision.policy.ts';

/** What a moderator decides about a comment, and why. */
export interface DecisionRequest {
  /** The id of the decision, if it is made; absent: the next one. */
  readonly id?: string | undefined;
  readonly verdict: Verdict;
  /** The revision that the moderator has read; undefined for any. */
  readonly expectedRevision: number | undefined;
  readonly reason: ModerationReason | null;
  /** For the author, as it is stored. */
  readonly note: string | null;
  /** Ids of open reports that were made in bad faith. */
  readonly badFaithReports: readonly string[];
}

/** A comment that the transaction has locked, with its entry in the queue. */
export interface LockedItem {
  readonly key: CommentKey;
  readonly comment: LockedCommentRow;
  /** Undefined: it is not in the queue. */
  readonly item: ModerationItemRow | undefined;
}

/** A decision that was stored, and the events that tell of it: the caller appends them last, that of the article after the other. */
export interface MadeDecision {
  readonly decisionId: string;
  readonly told: NewModerationEvent;
  readonly event: NewEvent | undefined;
}

/** What the author is told of a decision. */
const tellings: Partial<Record<ModerationDecisionKind, keyof typeof commentNotifications>> = {
  APPROVED: 'COMMENT_APPROVED',
  EDIT_APPROVED: 'EDIT_APPROVED',
  REJECTED: 'COMMENT_REJECTED',
  EDIT_REJECTED: 'EDIT_REJECTED',
  REMOVED: 'COMMENT_REMOVED',
};

/** @throws Refusal CLAIMED */
export function requireUnclaimed({ claimedBy }: ModerationItemRow, { accountId }: ModerationActor): void {
  if (claimedBy !== null && claimedBy !== accountId) throw new Refusal('CLAIMED', ['commentId']);
}

/** Locks the entry of a locked comment. */
export async function lockItemOf(tx: Tx, key: CommentKey, comment: LockedCommentRow): Promise<LockedItem> {
  return { key, comment, item: await lockItem(tx, key.articleId, key.id) };
}

/**
 * Decides about a locked comment, unless what is wanted is so already. Nobody decides about their own comment.
 * @throws Refusal FORBIDDEN, STALE_REVISION, COMMENT_REMOVED, WRONG_STATUS, PARENT_REMOVED
 */
export async function decideLocked(
  tx: Tx,
  inbox: Inbox,
  actor: ModerationActor,
  locked: LockedItem,
  request: DecisionRequest,
): Promise<MadeDecision | undefined> {
  const { key, comment, item } = locked;
  const edit = comment.status === 'PUBLISHED' ? await selectHeldEdit(tx, key) : undefined;
  const { status, revision } = comment;
  const facts = { status, revision, held: item?.held ?? null, reports: item?.reports ?? 0, edit };
  const plan = planDecision(facts, request.verdict, request.expectedRevision);
  if (plan === nothingToDecide) return undefined;
  if ('refusal' in plan) throw refusalOf(plan);
  if (actor.accountId !== null && actor.accountId === comment.accountId)
    throw new Refusal('FORBIDDEN', ['commentId'], 'It is your own: another moderator has to look at it.');
  await requireChange(tx, locked, plan);
  const decisionId = await store(tx, actor, locked, { plan, request, edit });
  const ids = { articleId: key.articleId, commentId: key.id };
  await endHookDeadline(tx, { ...ids, revision: plan.revision });
  await settleReports(tx, ids, { plan, decisionId, badFaith: request.badFaithReports });
  await tell(tx, inbox, actor, locked, plan);
  return {
    decisionId,
    told: {
      kind: 'DECIDED',
      actor,
      ...ids,
      revision: plan.revision,
      subjectId: comment.accountId,
      decisionId,
      reason: request.reason,
      detail: { decision: plan.kind },
    },
    event: await carryOut(tx, locked, plan),
  };
}

const refusalOf = ({ refusal, field, message }: DecisionRefusal): Refusal =>
  new Refusal(refusal, [field], message);

/** A comment under a parent that was removed without a tombstone cannot be shown. Locks the parent against its removal. */
async function requireChange(tx: Tx, { key, comment }: LockedItem, { change }: DecisionPlan): Promise<void> {
  if (change === 'PUBLISH' && comment.parentId !== null) {
    const parent = await lockParent(tx, key.articleId, comment.parentId);
    if (!parent?.listed) throw new Refusal('PARENT_REMOVED', ['commentId']);
  }
  if (change === 'RESTORE' && comment.bodyMarkdown === '')
    throw new Refusal('WRONG_STATUS', ['commentId'], 'Its text is gone for good.');
}

function store(
  tx: Tx,
  actor: ModerationActor,
  { key, comment, item }: LockedItem,
  { plan, request, edit }: { plan: DecisionPlan; request: DecisionRequest; edit: HeldEditRow | undefined },
): Promise<string> {
  const before: DecidedState = {
    status: comment.status,
    held: item?.held ?? null,
    ...(edit && plan.change === 'PUBLISH_EDIT' ? { replaced: comment.revision } : {}),
  };
  return insertDecision(tx, {
    ...request,
    kind: plan.kind,
    actor,
    articleId: key.articleId,
    commentId: key.id,
    revision: plan.revision,
    subjectId: comment.accountId,
    before,
  });
}

/** @throws Refusal INVALID_INPUT: a report in bad faith is not among those that are decided on */
async function settleReports(
  tx: Tx,
  { articleId, commentId }: ItemKey,
  { plan, decisionId, badFaith }: { plan: DecisionPlan; decisionId: string; badFaith: readonly string[] },
): Promise<void> {
  const closed =
    plan.reports && badFaith.length > 0
      ? await closeReports(tx, articleId, [commentId], { state: 'BAD_FAITH', decisionId, ids: badFaith })
      : 0;
  if (closed < badFaith.length)
    throw new Refusal(
      'INVALID_INPUT',
      ['badFaithReportIds'],
      'Not all of these are open reports of the comment.',
    );
  if (plan.reports) await closeReports(tx, articleId, [commentId], { state: plan.reports, decisionId });
}

/** Tells the author. Nobody is told of their own decision, or that what passed the hook is public, as every text is that passes. */
async function tell(
  tx: Tx,
  inbox: Inbox,
  actor: ModerationActor,
  { key, comment: { accountId }, item }: LockedItem,
  plan: DecisionPlan,
): Promise<void> {
  const kind = tellings[plan.kind];
  const isApproval = kind === 'COMMENT_APPROVED' || kind === 'EDIT_APPROVED';
  const hasPassed = isApproval && item?.phase === hookPhase && actor.kind !== 'PERSON';
  if (!kind || hasPassed || accountId === null || accountId === actor.accountId) return;
  await inbox.add(tx, [{ accountId, kind, articleId: key.articleId, subjectId: key.id }]);
}

/** @returns the event of the article; undefined if nothing that is public changes */
async function carryOut(
  tx: Tx,
  { key, comment }: LockedItem,
  { change }: DecisionPlan,
): Promise<NewEvent | undefined> {
  const { articleId, id: commentId } = key;
  switch (change) {
    case 'PUBLISH':
      return publishLocked(tx, key, comment, {
        kind: 'COMMENT_ADDED',
        idempotencyKey: comment.heldKey ?? undefined,
        listed: 1,
      });
    case 'RESTORE':
      // A comment that stayed as a tombstone is already listed.
      return publishLocked(tx, key, comment, { kind: 'COMMENT_RESTORED', listed: comment.listed ? 0 : 1 });
    case 'PUBLISH_EDIT':
      await publishHeldEdit(tx, key);
      return { articleId, subjectId: commentId, kind: 'COMMENT_EDITED' };
    case 'REJECT':
      await updateCommentStatus(tx, key, 'REJECTED');
      return undefined;
    case 'REJECT_EDIT':
      await updateHeldEditStatus(tx, key, 'REJECTED');
      return undefined;
    case 'REMOVE':
      return (await removeLocked(tx, key, comment)).event;
    case 'STAY_REMOVED':
      await settleTakenBack(tx, articleId, [commentId]);
      return undefined;
    case 'STAY_PUBLIC':
      return undefined;
  }
}
