/** Texts of the page of notifications. */
import { isolated } from '../../src/platform/text/direction.ts';

export const notificationTexts = {
  title: 'Notifications',
  replies: 'Replies and comments',
  noReplies: 'Nobody has answered you yet.',
  others: 'Other news',
  noOthers: 'There is no other news.',
  more: 'Earlier ones',
  isNew: 'New',
  somebody: 'Somebody',
  on: (title: string) => `“${isolated(title)}”`,
  REPLY: (name: string) => `${isolated(name)} has replied to you`,
  ARTICLE_COMMENT: (name: string) => `${isolated(name)} has commented on your article`,
  ENDORSEMENT: (name: string) => `${isolated(name)} has endorsed your article`,
  COMMENT_APPROVED: () => 'Your comment was let through',
  COMMENT_REJECTED: () => 'Your comment was not let through',
  COMMENT_REMOVED: () => 'A moderator has removed your comment',
  COMMENT_HELD: () =>
    'Your comment is hidden until a moderator has looked at it: it was reported, or its approval was undone',
  EDIT_APPROVED: () => 'The new text of your comment was let through',
  EDIT_REJECTED: () => 'The new text of your comment was not let through',
  MILESTONE_REACHED: () => 'A goal that you back is reached: pledges are collected',
  MILESTONE_SETTLED: () => 'The pledges to a goal that you back were collected',
  CAMPAIGN_ENDED: () => 'A campaign that you back is over',
  PLEDGE_FAILED: () => 'Your payment has failed: it needs another means of payment',
  ACCOUNT_SUSPENDED: () => 'Your account was suspended: you can read, but not write',
  ACCOUNT_PREMODERATED: () => 'Your comments wait for a moderator from now on',
  SANCTION_LIFTED: () => 'A decision about your account has ended',
  COMMENTS_REMOVED: () => 'Moderators have removed comments of yours',
  APPEAL_ANSWERED: () => 'Your appeal was answered',
};
