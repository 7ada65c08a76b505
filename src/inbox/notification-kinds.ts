/** Kinds of notifications. */
export const notificationKinds = [
  'REPLY',
  'ARTICLE_COMMENT',
  'ENDORSEMENT',
  'COMMENT_APPROVED',
  'COMMENT_REJECTED',
  'COMMENT_REMOVED',
  'EDIT_APPROVED',
  'EDIT_REJECTED',
  'MILESTONE_REACHED',
  'MILESTONE_SETTLED',
  'CAMPAIGN_ENDED',
  'PLEDGE_FAILED',
] as const;

export type NotificationKind = (typeof notificationKinds)[number];

/** Notifications that an account keeps; older ones are deleted with each that is added. */
export const keptNotifications = 500;
