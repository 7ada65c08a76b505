import { viewAs, viewWithSubject } from '../../articles/article/article-event.type.ts';
import type { EventDeclaration, EventDeclarations } from '../../../platform/graphql/article-events.ts';
import {
  ArticleUnlocked,
  CampaignEnded,
  CampaignUpdated,
  CollectionProgressed,
  MilestoneReached,
  MilestoneSettled,
  PledgeAdded,
  PledgeChanged,
  PledgeWithdrawn,
} from './funding-event.type.ts';

declare module '../../../platform/events/event.ts' {
  interface EventKinds {
    readonly CAMPAIGN_UPDATED: OfArticle;
    readonly CAMPAIGN_ENDED: OfArticle;
    readonly PLEDGE_ADDED: OfSubject;
    readonly PLEDGE_CHANGED: OfSubject;
    readonly PLEDGE_WITHDRAWN: OfSubject;
    /** The subject of an event of a milestone is its position. */
    readonly MILESTONE_REACHED: OfSubject;
    readonly MILESTONE_SETTLED: OfSubject;
    readonly COLLECTION_PROGRESSED: OfArticle;
    readonly ARTICLE_UNLOCKED: OfArticle;
  }
}

declare module '../../../platform/events/log.ts' {
  /** Amounts are in minor units of the currency of the article's campaign. */
  interface Counters {
    readonly pledged: bigint;
    readonly collected: bigint;
    readonly paidOut: bigint;
    readonly backerCount: number;
  }
}

const declared = (react: string, view: EventDeclaration['view']): EventDeclaration => ({
  react,
  view,
  // A milestone's description has at most 2,000 characters.
  textLength: 'short',
  changes: 'anything',
});

const campaignChanged =
  'The campaign was launched, changed, suspended or resumed, or is over. Show `campaign`; `viewerCanPledge` may have changed.';
const pledgeChanged =
  'Show the totals of `campaign`. `amount` and `backer` are those of the pledge as it is now: both are null if it was withdrawn since, and `backer` if it is not named.';
const milestoneChanged = 'Show `milestone`, and the milestones of `campaign`: another one may have opened.';

/** The events of campaigns. */
export const fundingEvents = {
  CAMPAIGN_UPDATED: declared(campaignChanged, viewAs(CampaignUpdated)),
  CAMPAIGN_ENDED: declared(campaignChanged, viewAs(CampaignEnded)),
  PLEDGE_ADDED: declared(pledgeChanged, viewWithSubject(PledgeAdded)),
  PLEDGE_CHANGED: declared(pledgeChanged, viewWithSubject(PledgeChanged)),
  PLEDGE_WITHDRAWN: declared(
    'Show the totals of `campaign`, and read the backers again if you show them.',
    viewAs(PledgeWithdrawn),
  ),
  MILESTONE_REACHED: declared(milestoneChanged, viewWithSubject(MilestoneReached)),
  MILESTONE_SETTLED: declared(milestoneChanged, viewWithSubject(MilestoneSettled)),
  COLLECTION_PROGRESSED: declared(
    'Money has moved. Show the totals; read the ledger again if you show it.',
    viewAs(CollectionProgressed),
  ),
  ARTICLE_UNLOCKED: declared(
    'A milestone of another article’s campaign has published this article.',
    viewAs(ArticleUnlocked),
  ),
} satisfies EventDeclarations;

/** SQL for a total of an article's campaign; null if none was launched. */
const total = (sql: string): string =>
  `(SELECT ${sql} FROM campaign c WHERE c.article_id = k.article_id AND c.launched_at IS NOT NULL)`;

const sumOf = (table: string, condition: string): string =>
  `(SELECT coalesce(sum(amount), 0)::bigint FROM ${table} WHERE article_id = k.article_id AND ${condition})`;

const isBacked = `activated_at IS NOT NULL AND status <> 'WITHDRAWN'`;

export const fundingCounters = {
  pledged: { recount: total(sumOf('pledge', isBacked)) },
  backerCount: {
    recount: total(`(SELECT count(*)::int FROM pledge WHERE article_id = k.article_id AND ${isBacked})`),
  },
  collected: {
    recount: total(
      `${sumOf('payment', `status = 'SUCCEEDED'`)} - ${sumOf('refund', `status = 'SUCCEEDED'`)} - ${sumOf('dispute', `status = 'LOST'`)}`,
    ),
  },
  paidOut: { recount: total(sumOf('payout', `status = 'PAID'`)) },
};
