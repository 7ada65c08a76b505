import { type ActionLineFragment, type ModerationActionKind } from '../graphql/generated/graphql.ts';

type ActionType = ActionLineFragment['__typename'];

const kinds: Readonly<Record<Exclude<ActionType, 'CommentClaimed'>, ModerationActionKind>> = {
  AppealAnswered: 'APPEAL_ANSWERED',
  CommentEscalated: 'ESCALATED',
  CommentHeld: 'HELD',
  CommentReported: 'REPORTED',
  CommentWithdrawn: 'WITHDRAWN',
  DecisionAppealed: 'APPEALED',
  DecisionMade: 'DECIDED',
  DecisionUndone: 'UNDONE',
  HookUnanswered: 'HOOK_UNANSWERED',
  ModerationSettingsChanged: 'SETTINGS_CHANGED',
  PersonNoted: 'NOTE_ADDED',
  PersonSanctioned: 'SANCTIONED',
  RoleGranted: 'ROLE_GRANTED',
  RoleRevoked: 'ROLE_REVOKED',
  SanctionLifted: 'SANCTION_LIFTED',
  StaffSignedIn: 'SIGNED_IN',
};

/** The kind of an entry of the log, by which lists are filtered. */
export function kindOfAction(entry: ActionLineFragment): ModerationActionKind {
  if (entry.__typename === 'CommentClaimed') return entry.claimedUntil === null ? 'RELEASED' : 'CLAIMED';
  return kinds[entry.__typename];
}

/** All kinds but those that tell of work in progress. */
export const mostKinds: readonly ModerationActionKind[] = Object.values(kinds).filter(
  (kind) => kind !== 'SIGNED_IN',
);
