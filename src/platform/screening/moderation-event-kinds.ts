/** The kinds of facts in the log of moderation. */
export const moderationEventKinds = [
  /** A comment, or a new text of one, waits for a moderator. */
  'HELD',
  /** An account has reported a public comment. */
  'REPORTED',
  /** A moderator works on what waits, until a time. */
  'CLAIMED',
  /** A moderator has given a claim back. */
  'RELEASED',
  /** What waited waits no longer, without a decision: its author took it back, for example. */
  'WITHDRAWN',
  /** The hook has not decided about a text in time. */
  'HOOK_UNANSWERED',
  /** A program leaves a text to a moderator. */
  'ESCALATED',
  'DECIDED',
  'UNDONE',
  'SANCTIONED',
  'SANCTION_LIFTED',
  'APPEALED',
  'APPEAL_ANSWERED',
  'NOTE_ADDED',
  'SETTINGS_CHANGED',
  'ROLE_GRANTED',
  'ROLE_REVOKED',
  /** An account with the rights of a moderator has signed in. */
  'SIGNED_IN',
] as const;
export type ModerationEventKind = (typeof moderationEventKinds)[number];

/** Who acts: a person, a service account by its token, or the service itself by its settings. */
export type ModerationActorKind = 'PERSON' | 'SERVICE_ACCOUNT' | 'SYSTEM';

/** Reasons of reports and of decisions. */
export const moderationReasons = [
  'SPAM',
  'ABUSE',
  'HATE',
  'VIOLENCE',
  'SEXUAL',
  'PERSONAL_DATA',
  'ILLEGAL',
  'MISLEADING',
  'OFF_TOPIC',
  'OTHER',
] as const;
export type ModerationReason = (typeof moderationReasons)[number];
