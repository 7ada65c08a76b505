import type { NotificationKind } from '../inbox/notification-kinds.ts';

/** Kinds as a list of them names each. */
export const kindTitles: Readonly<Record<NotificationKind, string>> = {
  REPLY: 'Replies to your comments',
  ARTICLE_COMMENT: 'Comments on your articles',
  ENDORSEMENT: 'Endorsements of your articles',
  COMMENT_APPROVED: 'Approved comments of yours',
  COMMENT_REJECTED: 'Rejected comments of yours',
  COMMENT_REMOVED: 'Removed comments of yours',
  EDIT_APPROVED: 'Approved edits of yours',
  EDIT_REJECTED: 'Rejected edits of yours',
  MILESTONE_REACHED: 'Milestones that campaigns you back have reached',
  MILESTONE_SETTLED: 'Milestones whose money was collected',
  CAMPAIGN_ENDED: 'The end of campaigns you back',
  PLEDGE_FAILED: 'Payments of yours that failed',
};
