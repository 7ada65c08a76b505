import { isAccount, type Viewer } from '../../../platform/auth/viewer.ts';
import type { ModerationDecisionKind } from '../../../platform/screening/moderation-decision.entity.ts';

/** Most characters of an appeal. */
export const maxAppealLength = 2000;

/** Decisions against a comment or an account. */
const against: ReadonlySet<ModerationDecisionKind> = new Set([
  'REJECTED',
  'EDIT_REJECTED',
  'REMOVED',
  'SUSPENDED',
  'BANNED',
  'PREMODERATED',
  'REMOVED_SINCE',
]);

/** The facts about a decision on which appeals depend. */
export interface AppealableFacts {
  readonly kind: ModerationDecisionKind;
  readonly actorId: string | null;
  readonly subjectId: string | null;
  readonly undoneAt: Date | null;
}

/** Whom a decision is about may appeal against it, suspended or not, while it stands. */
export function refusalToAppeal(
  { kind, subjectId, undoneAt }: AppealableFacts,
  viewer: Viewer,
): 'NOT_FOUND' | 'WRONG_STATUS' | undefined {
  if (!isAccount(viewer, subjectId)) return 'NOT_FOUND';
  return against.has(kind) && undoneAt === null ? undefined : 'WRONG_STATUS';
}

/** Nobody answers an appeal against a decision of their own, nor one of themselves. */
export const isPartyTo = ({ actorId, subjectId }: AppealableFacts, viewer: Viewer): boolean =>
  isAccount(viewer, actorId) || isAccount(viewer, subjectId);
