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

/** @param article a word for the type with its article */
const declared = (article: string, view: EventDeclaration['view']): EventDeclaration => ({
  describe: `${article} event.`,
  view,
  // A milestone's description has at most 2,000 characters.
  textLength: 'short',
  changes: 'anything',
});

/** The events of campaigns. */
export const fundingEvents = {
  CAMPAIGN_UPDATED: declared('A `CampaignUpdated`', viewAs(CampaignUpdated)),
  CAMPAIGN_ENDED: declared('A `CampaignEnded`', viewAs(CampaignEnded)),
  PLEDGE_ADDED: declared('A `PledgeAdded`', viewWithSubject(PledgeAdded)),
  PLEDGE_CHANGED: declared('A `PledgeChanged`', viewWithSubject(PledgeChanged)),
  PLEDGE_WITHDRAWN: declared('A `PledgeWithdrawn`', viewAs(PledgeWithdrawn)),
  MILESTONE_REACHED: declared('A `MilestoneReached`', viewWithSubject(MilestoneReached)),
  MILESTONE_SETTLED: declared('A `MilestoneSettled`', viewWithSubject(MilestoneSettled)),
  COLLECTION_PROGRESSED: declared('A `CollectionProgressed`', viewAs(CollectionProgressed)),
  ARTICLE_UNLOCKED: declared('An `ArticleUnlocked`', viewAs(ArticleUnlocked)),
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
