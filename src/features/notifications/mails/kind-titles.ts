import type { NotificationKind } from '../inbox/notification-kinds.ts';

/** Kinds as a list of them names each. */
export const kindTitles: Readonly<Record<NotificationKind, string>> = {
  REPLY: 'Replies to your comments',
  ARTICLE_COMMENT: 'Comments on your articles',
  ENDORSEMENT: 'Endorsements of your articles',
  COMMENT_APPROVED: 'Approved comments of yours',
  COMMENT_REJECTED: 'Rejected comments of yours',
  COMMENT_REMOVED: 'Removed comments of yours',
  COMMENT_HELD: 'Comments of yours that are hidden until a moderator has looked at them',
  EDIT_APPROVED: 'Approved edits of yours',
  EDIT_REJECTED: 'Rejected edits of yours',
  MILESTONE_REACHED: 'Milestones that campaigns you back have reached',
  MILESTONE_SETTLED: 'Milestones whose money was collected',
  CAMPAIGN_ENDED: 'The end of campaigns you back',
  PLEDGE_FAILED: 'Payments of yours that failed',
  ACCOUNT_SUSPENDED: 'Suspensions of your account',
  ACCOUNT_PREMODERATED: 'Decisions that your comments wait for a moderator',
  SANCTION_LIFTED: 'The end of such decisions before their time',
  COMMENTS_REMOVED: 'Removals of everything that you have written since a time',
  APPEAL_ANSWERED: 'Answers to your appeals',
};
