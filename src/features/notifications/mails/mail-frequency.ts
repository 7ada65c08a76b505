import type { NotificationKind } from '../inbox/notification-kinds.ts';

/** How often an account gets mails about a kind of notifications. */
export type MailFrequency = 'AT_ONCE' | 'DAILY' | 'NEVER';

/**
 * Frequencies of an account that has chosen none. At once: what the account has to act on before it is too late, and
 * what was decided about the account itself. Daily:
 * what others have said to it, and what was decided about its words and its money. Never: what it sees where it looks anyway.
 */
export const defaultFrequencies: Readonly<Record<NotificationKind, MailFrequency>> = {
  REPLY: 'DAILY',
  ARTICLE_COMMENT: 'DAILY',
  ENDORSEMENT: 'DAILY',
  COMMENT_APPROVED: 'NEVER',
  COMMENT_REJECTED: 'DAILY',
  COMMENT_REMOVED: 'DAILY',
  COMMENT_HELD: 'DAILY',
  EDIT_APPROVED: 'NEVER',
  EDIT_REJECTED: 'DAILY',
  MILESTONE_REACHED: 'DAILY',
  MILESTONE_SETTLED: 'NEVER',
  CAMPAIGN_ENDED: 'DAILY',
  PLEDGE_FAILED: 'AT_ONCE',
  ACCOUNT_SUSPENDED: 'AT_ONCE',
  ACCOUNT_PREMODERATED: 'AT_ONCE',
  SANCTION_LIFTED: 'AT_ONCE',
  COMMENTS_REMOVED: 'AT_ONCE',
  APPEAL_ANSWERED: 'AT_ONCE',
};

/** The frequency of each kind. */
export type MailFrequencies = Readonly<Record<NotificationKind, MailFrequency>>;
