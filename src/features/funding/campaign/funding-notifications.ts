import type { NotificationDeclarations, Told } from '../../../platform/feature/notification.ts';

declare module '../../../platform/feature/notification.ts' {
  interface NotificationKinds {
    /** The subject is the position of the milestone, as in the events. */
    readonly MILESTONE_REACHED: OfSubject;
    readonly MILESTONE_SETTLED: OfSubject;
    readonly CAMPAIGN_ENDED: OfArticle;
    readonly PLEDGE_FAILED: OfSubject;
  }
}

/** Those who had backed the campaign when the event occurred. */
const backersOn = (on: Told['on']): Told => ({
  on,
  audience: `SELECT p.account_id FROM pledge p
    WHERE p.article_id = e.article_id AND p.activated_at <= e.occurred_at AND p.status <> 'WITHDRAWN'`,
  inParts: true,
});

/** What accounts are told about the money that they give. */
export const fundingNotifications = {
  MILESTONE_REACHED: {
    describe: 'A campaign that the viewer backs has reached `milestone`: pledges to it are collected.',
    title: 'Milestones that campaigns you back have reached',
    phrase: ['the campaign has reached a milestone', 'milestones of the campaign were reached'],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'the article is public',
    told: backersOn('MILESTONE_REACHED'),
  },
  MILESTONE_SETTLED: {
    describe: 'All that could be collected for `milestone` of a campaign that the viewer backs was.',
    title: 'Milestones whose money was collected',
    phrase: ['the money for a milestone was collected', 'milestones of the campaign were collected'],
    mail: 'NEVER',
    about: 'ARTICLE',
    listedWhile: 'the article is public',
    told: backersOn('MILESTONE_SETTLED'),
  },
  CAMPAIGN_ENDED: {
    describe: 'A campaign that the viewer backs is over; the status of `campaign` says how.',
    title: 'The end of campaigns you back',
    phrase: ['the campaign has ended', 'campaigns have ended'],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'the article is public',
    told: backersOn('CAMPAIGN_ENDED'),
  },
  PLEDGE_FAILED: {
    describe:
      'A payment of the viewer’s `pledge` has failed: it needs another means of payment (`retryPledge`).',
    title: 'Payments of yours that failed',
    phrase: [
      'a payment of yours has failed and needs another means of payment',
      'payments of yours have failed and need another means of payment',
    ],
    mail: 'AT_ONCE',
    about: 'OWN',
    listedWhile: 'the pledge waits for one',
    shown: {
      from: 'pledge p',
      where: 'p.article_id = x.article_id AND p.id = x.subject_id',
      if: `p.account_id = x.account_id AND p.status = 'ACTION_REQUIRED'`,
    },
  },
} satisfies NotificationDeclarations;
