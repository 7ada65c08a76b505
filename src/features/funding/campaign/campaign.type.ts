import { Field, Int, ObjectType } from 'type-graphql';
import type { ArticleRow } from '../../articles/article/article.queries.ts';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { CurrencyCodeScalar, DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { ShownName } from '../../articles/journalist/name-marks.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';
import type { BackerRow } from './backer.queries.ts';
import type { CampaignRow, MilestoneRow } from './campaign.queries.ts';
import { maxMilestones } from './campaign.service.ts';
import { type CurrencyCode, isCurrencyCode } from '../money/currency.ts';
import { Money } from '../money/money.type.ts';
import type { CampaignStatus, MilestoneStatus } from './transitions.ts';

export const CampaignStatusEnum = graphqlEnum<CampaignStatus>('CampaignStatus', 'The state of a campaign.', {
  DRAFT: 'Not public yet.',
  LIVE: 'It takes pledges until its deadline.',
  SUSPENDED: 'An editor has stopped it from taking pledges for now.',
  SUCCEEDED: 'Its last milestone was reached.',
  ENDED: 'Its deadline has passed before its last milestone was reached.',
  CANCELLED: 'It was ended before its deadline.',
});

export const MilestoneStatusEnum = graphqlEnum<MilestoneStatus>(
  'MilestoneStatus',
  'The state of a milestone.',
  {
    PLANNED: 'It opens once the milestone before it is reached.',
    OPEN: 'Pledges are made to it.',
    REACHED: 'Its goal was promised, and its pledges are being collected.',
    FUNDED: 'Its goal was collected.',
    SHORT:
      'Less than its goal was left when collecting was over: payments had failed, were given back or were lost in disputes.',
    MISSED: 'The campaign is over, and its goal was not reached: nobody pays.',
  },
);

/** The totals of a campaign, which stand in its article's counters. */
type Totals = Pick<ArticleRow, 'pledged' | 'collected' | 'paidOut' | 'backerCount'>;

/** A cumulative goal of a campaign. */
@ObjectType({ simpleResolvers: true, description: 'A goal of a campaign.' })
export class Milestone {
  readonly unlockedArticleKey!: string | null;

  @Field(() => Int, { description: 'Its place among the campaign’s milestones, from 1.' })
  position!: number;

  @Field(() => String, { description: 'Its name.' })
  title!: string;

  @Field(() => String, { description: 'What the money is for, as plain text.' })
  description!: string;

  @Field(() => Money, { description: 'The total of the campaign with which the milestone is reached.' })
  goal!: Money;

  @Field(() => MilestoneStatusEnum, { description: 'Its state.' })
  status!: MilestoneStatus;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its goal was promised; null: not yet.' })
  reachedAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When all that could be collected was; null: not yet.',
  })
  settledAt!: Date | null;

  static from(row: MilestoneRow, currency: CurrencyCode): Milestone {
    return Object.assign(new Milestone(), {
      unlockedArticleKey: row.unlockedArticleId,
      position: row.position,
      title: maskAddresses(row.title),
      description: maskAddresses(row.description),
      goal: Money.from({ minorUnits: BigInt(row.goal), currency }),
      status: row.status,
      reachedAt: dateOf(row.reachedAt),
      settledAt: dateOf(row.settledAt),
    });
  }
}

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** A journalist's appeal for one piece of work. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    'A journalist’s appeal for money for one piece of work, pitched in an article. A pledge is a promise: it is collected once the open milestone is reached, and never if it is missed. All amounts are public; backers are named only if they wish.',
})
export class Campaign extends Node {
  readonly articleId!: string;
  readonly row!: CampaignRow;

  @Field(() => CampaignStatusEnum, { description: 'Its state.' })
  status!: CampaignStatus;

  @Field(() => Boolean, {
    description: 'Whether it is a test: no money moves, and no card is charged.',
  })
  testMode!: boolean;

  @Field(() => CurrencyCodeScalar, { description: 'The currency of all of its amounts.' })
  currency!: CurrencyCode;

  @Field(() => DateTimeScalar, { description: 'Until when it takes pledges.' })
  deadline!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was launched; null for a draft.' })
  launchedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended; null: not yet.' })
  endedAt!: Date | null;

  @Field(() => Money, {
    description:
      'The total of all pledges that were not withdrawn, whether or not they could be collected. Always exact.',
  })
  pledged!: Money;

  @Field(() => Money, {
    description: 'What was collected, less what was given back or lost in disputes. Always exact.',
  })
  collected!: Money;

  @Field(() => Money, { description: 'What was paid out to the journalist. Always exact.' })
  paidOut!: Money;

  @Field(() => Int, { description: 'The number of pledges that were not withdrawn. Always exact.' })
  backerCount!: number;

  @Bounded(maxMilestones)
  @Field(() => [Milestone], { description: 'Its milestones, by their goals.' })
  milestones!: readonly Milestone[];

  static currencyOf({ currency }: Pick<CampaignRow, 'currency'>): CurrencyCode {
    if (!isCurrencyCode(currency)) throw new Error(`A campaign is in an unknown currency: ${currency}`);
    return currency;
  }

  static from(row: CampaignRow, totals: Totals): Campaign {
    const currency = Campaign.currencyOf(row);
    const money = (text: string | null): Money => Money.from({ minorUnits: BigInt(text ?? 0), currency });
    return Object.assign(new Campaign(), {
      id: encodeGlobalId('Campaign', row.articleId),
      articleId: row.articleId,
      row,
      status: row.status,
      testMode: row.testMode,
      currency,
      deadline: row.deadline,
      launchedAt: row.launchedAt,
      endedAt: row.endedAt,
      pledged: money(totals.pledged),
      collected: money(totals.collected),
      paidOut: money(totals.paidOut),
      backerCount: totals.backerCount ?? 0,
      milestones: row.milestones.map((milestone) => Milestone.from(milestone, currency)),
    });
  }
}

export const CampaignEdge = edgeType(Campaign, 'Campaign');
export const CampaignConnection = countedConnectionType(Campaign, CampaignEdge, 'Campaign', {
  isStored: false,
  description: 'The number of edges in the whole list.',
});

/** A person who wishes to be named for a pledge. */
@ObjectType({ simpleResolvers: true, description: 'Somebody who has pledged, and wishes to be named.' })
export class Backer {
  /** The name as it is stored, and whose it is. */
  readonly shown!: ShownName;

  @Field(() => String, { description: 'The person’s name.' })
  name!: string;

  @Field(() => Money, { description: 'What the person has pledged.' })
  amount!: Money;

  @Field(() => DateTimeScalar, { description: 'When the pledge was made.' })
  since!: Date;

  static from({ accountId, name, amount, since }: BackerRow, currency: CurrencyCode): Backer {
    return Object.assign(new Backer(), {
      name: maskAddresses(name),
      amount: Money.from({ minorUnits: BigInt(amount), currency }),
      since,
      shown: { accountId, name },
    });
  }
}

export const BackerEdge = edgeType(Backer, 'Backer');
export const BackerConnection = countedConnectionType(Backer, BackerEdge, 'Backer', {
  isStored: false,
  description: 'The number of edges in the whole list.',
});
