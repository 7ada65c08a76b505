/** Kinds of notifications. */
export const notificationKinds = [
  'REPLY',
  'ARTICLE_COMMENT',
  'ENDORSEMENT',
  'COMMENT_APPROVED',
  'COMMENT_REJECTED',
  'COMMENT_REMOVED',
  'COMMENT_HELD',
  'EDIT_APPROVED',
  'EDIT_REJECTED',
  'MILESTONE_REACHED',
  'MILESTONE_SETTLED',
  'CAMPAIGN_ENDED',
  'PLEDGE_FAILED',
  'ACCOUNT_SUSPENDED',
  'ACCOUNT_PREMODERATED',
  'SANCTION_LIFTED',
  'COMMENTS_REMOVED',
  'APPEAL_ANSWERED',
] as const;

export type NotificationKind = (typeof notificationKinds)[number];

/** Kinds that tell of a moderators' decision about the account itself: of these an account is told while it is suspended, too. */
export const accountKinds: readonly NotificationKind[] = [
  'ACCOUNT_SUSPENDED',
  'ACCOUNT_PREMODERATED',
  'SANCTION_LIFTED',
  'COMMENTS_REMOVED',
  'APPEAL_ANSWERED',
];

/** Notifications that an account keeps; older ones are deleted with each that is added. */
export const keptNotifications = 500;
