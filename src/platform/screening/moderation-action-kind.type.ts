import { graphqlEnum } from '../graphql/enum.ts';
import type { ModerationEventKind } from './moderation-event-kinds.ts';

export const ModerationActionKindEnum = graphqlEnum<ModerationEventKind>(
  'ModerationActionKind',
  'The kind of an action in the log of moderation.',
  {
    HELD: 'A `CommentHeld`.',
    REPORTED: 'A `CommentReported`.',
    CLAIMED: 'A `CommentClaimed` with a time.',
    RELEASED: 'A `CommentClaimed` without a time.',
    WITHDRAWN: 'A `CommentWithdrawn`.',
    HOOK_UNANSWERED: 'A `HookUnanswered`.',
    ESCALATED: 'A `CommentEscalated`.',
    DECIDED: 'A `DecisionMade`.',
    UNDONE: 'A `DecisionUndone`.',
    SANCTIONED: 'A `PersonSanctioned`.',
    SANCTION_LIFTED: 'A `SanctionLifted`.',
    APPEALED: 'A `DecisionAppealed`.',
    APPEAL_ANSWERED: 'An `AppealAnswered`.',
    NOTE_ADDED: 'A `PersonNoted`.',
    SETTINGS_CHANGED: 'A `ModerationSettingsChanged`.',
    ROLE_GRANTED: 'A `RoleGranted`.',
    ROLE_REVOKED: 'A `RoleRevoked`.',
    SIGNED_IN: 'A `StaffSignedIn`.',
  },
);
