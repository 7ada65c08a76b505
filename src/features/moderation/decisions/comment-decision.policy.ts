import type { CommentStatus } from '../../comments/thread/comment.policy.ts';
import type { HeldKind } from '../../../platform/screening/moderation-item.queries.ts';
import type { ModerationDecisionKind } from '../../../platform/screening/moderation-decision.entity.ts';
import type { UserErrorCode } from '../../../platform/errors/errors.ts';

/** What a moderator wants: that a text is public, that it does not become so, or that a comment goes. */
export type Verdict = 'APPROVE' | 'REJECT' | 'REMOVE';

/** The verdicts that may have led to a decision. */
export const verdictsOf: Partial<Record<ModerationDecisionKind, readonly Verdict[]>> = {
  APPROVED: ['APPROVE'],
  EDIT_APPROVED: ['APPROVE'],
  KEPT: ['APPROVE'],
  REJECTED: ['REJECT'],
  EDIT_REJECTED: ['REJECT'],
  REMOVED: ['REJECT', 'REMOVE'],
};

/** The facts about a comment on which decisions depend. */
export interface DecidedFacts {
  readonly status: CommentStatus;
  readonly revision: number;
  /** What waits, as the queue says; null: nothing, or it is not in the queue. */
  readonly held: HeldKind | null;
  /** Number of open reports. */
  readonly reports: number;
  /** The new text of a public comment that waits or was rejected. */
  readonly edit: { readonly revision: number; readonly status: 'PENDING' | 'REJECTED' } | undefined;
}

/** What a decision changes of its comment. */
export type DecidedChange =
  | 'PUBLISH'
  | 'RESTORE'
  | 'PUBLISH_EDIT'
  | 'REJECT'
  | 'REJECT_EDIT'
  | 'REMOVE'
  /** The comment is removed already. */
  | 'STAY_REMOVED'
  /** The comment is public already. */
  | 'STAY_PUBLIC';

/** A decision that can be made. */
export interface DecisionPlan {
  readonly kind: ModerationDecisionKind;
  readonly change: DecidedChange;
  /** The revision that is decided on. */
  readonly revision: number;
  /** What becomes of open reports; undefined: they stay open. */
  readonly reports?: 'UPHELD' | 'DISMISSED';
}

/** Why a decision can not be made. */
export interface DecisionRefusal {
  readonly refusal: UserErrorCode;
  readonly field: 'commentId' | 'expectedRevision';
  readonly message?: string;
}

/** Nothing is to be done: what is wanted is so already. */
export const nothingToDecide = 'NOTHING';

type Plan = DecisionPlan | DecisionRefusal | typeof nothingToDecide;

const stale: DecisionRefusal = { refusal: 'STALE_REVISION', field: 'expectedRevision' };
const removed: DecisionRefusal = { refusal: 'COMMENT_REMOVED', field: 'commentId' };
const isPublic: DecisionRefusal = {
  refusal: 'WRONG_STATUS',
  field: 'commentId',
  message: 'It is public: remove it.',
};

/**
 * Plans a decision.
 * @param expected the revision that the moderator has read; undefined for any, but not for a new text of a public comment, which
 * somebody who gives none may not have read
 */
export function planDecision(facts: DecidedFacts, verdict: Verdict, expected: number | undefined): Plan {
  const plan = planOf(facts, verdict, expected);
  if (plan === nothingToDecide || 'refusal' in plan) return plan;
  return expected === undefined || expected === plan.revision || isOfEdit(facts, verdict, expected)
    ? plan
    : stale;
}

/** Who removes a comment may have read the new text that waits. */
const isOfEdit = ({ edit }: DecidedFacts, verdict: Verdict, expected: number): boolean =>
  verdict === 'REMOVE' && expected === edit?.revision;

function planOf(facts: DecidedFacts, verdict: Verdict, expected: number | undefined): Plan {
  const { status, revision } = facts;
  if (status === 'REMOVED') return planOfRemoved(facts, verdict);
  if (verdict === 'REMOVE') return { kind: 'REMOVED', change: 'REMOVE', revision, reports: 'UPHELD' };
  if (status === 'PUBLISHED')
    return verdict === 'APPROVE' ? planToKeep(facts, expected) : planToRejectEdit(facts, expected);
  if (verdict === 'APPROVE') return { kind: 'APPROVED', change: 'PUBLISH', revision };
  return status === 'REJECTED' ? nothingToDecide : { kind: 'REJECTED', change: 'REJECT', revision };
}

function planOfRemoved({ held, revision }: DecidedFacts, verdict: Verdict): Plan {
  if (held !== 'REPORTS') return verdict === 'REMOVE' ? nothingToDecide : removed;
  return verdict === 'APPROVE'
    ? { kind: 'APPROVED', change: 'RESTORE', revision, reports: 'DISMISSED' }
    : { kind: 'REMOVED', change: 'STAY_REMOVED', revision, reports: 'UPHELD' };
}

function planToKeep({ edit, reports, revision }: DecidedFacts, expected: number | undefined): Plan {
  if (edit && expected === edit.revision)
    return { kind: 'EDIT_APPROVED', change: 'PUBLISH_EDIT', revision: edit.revision };
  const keeps = expected === revision || (expected === undefined && !edit);
  if (reports > 0 && keeps) return { kind: 'KEPT', change: 'STAY_PUBLIC', revision, reports: 'DISMISSED' };
  // Whoever gives another revision may have read the public text, or may be repeating the request that published the new one.
  return edit || reports > 0 ? stale : nothingToDecide;
}

function planToRejectEdit({ edit }: DecidedFacts, expected: number | undefined): Plan {
  if (!edit) return isPublic;
  if (edit.status === 'REJECTED') return nothingToDecide;
  return expected === edit.revision
    ? { kind: 'EDIT_REJECTED', change: 'REJECT_EDIT', revision: edit.revision }
    : stale;
}
