import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { requireArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { Backer, Campaign, Milestone } from './campaign.type.ts';
import {
  ArticleUnlocked,
  FundingEvent,
  MilestoneReached,
  MilestoneSettled,
  PledgeAdded,
  PledgeChanged,
} from './funding-event.type.ts';
import { publicPledgeByKey } from './funding.loader.ts';
import { campaignOf } from './funding.show.ts';
import { Money } from '../money/money.type.ts';

/** @throws RequestError NOT_FOUND once the article was unpublished */
async function requireCampaign(articleId: string, context: Context): Promise<Campaign> {
  const campaign = await campaignOf(await requireArticle(context, articleId), context);
  if (!campaign) throw new RequestError('NOT_FOUND');
  return campaign;
}

/** Fields of all events of campaigns. */
@Resolver(() => FundingEvent)
export class FundingEventResolver {
  @FieldResolver(() => Campaign, { description: 'The campaign as it is now, with its totals.' })
  campaign(@Root() { articleId }: FundingEvent, @Ctx() context: Context): Promise<Campaign> {
    return requireCampaign(articleId, context);
  }
}

/** What is public of the pledge of an event; undefined if it was withdrawn since. */
async function pledgeOf({ articleId, subjectId: id }: PledgeAdded | PledgeChanged, context: Context) {
  const row = await context.loaders.get(publicPledgeByKey).load({ articleId, id });
  if (!row) return undefined;
  const { currency } = await requireCampaign(articleId, context);
  return { row, currency };
}

async function amountOf(event: PledgeAdded | PledgeChanged, context: Context): Promise<Money | null> {
  const pledge = await pledgeOf(event, context);
  return pledge ? Money.from({ minorUnits: BigInt(pledge.row.amount), currency: pledge.currency }) : null;
}

async function backerOf(event: PledgeAdded | PledgeChanged, context: Context): Promise<Backer | null> {
  const pledge = await pledgeOf(event, context);
  const name = pledge?.row.name;
  return pledge && name != null ? Backer.from({ ...pledge.row, name }, pledge.currency) : null;
}

const amountDescription = 'What was pledged, as it is now; null if the pledge was withdrawn since.';
const backerDescription = 'Who has pledged; null if they do not wish to be named, or have withdrawn.';

@Resolver(() => PledgeAdded)
export class PledgeAddedResolver {
  @FieldResolver(() => Money, { nullable: true, description: amountDescription })
  amount(@Root() event: PledgeAdded, @Ctx() context: Context): Promise<Money | null> {
    return amountOf(event, context);
  }

  @FieldResolver(() => Backer, { nullable: true, description: backerDescription })
  backer(@Root() event: PledgeAdded, @Ctx() context: Context): Promise<Backer | null> {
    return backerOf(event, context);
  }
}

@Resolver(() => PledgeChanged)
export class PledgeChangedResolver {
  @FieldResolver(() => Money, { nullable: true, description: amountDescription })
  amount(@Root() event: PledgeChanged, @Ctx() context: Context): Promise<Money | null> {
    return amountOf(event, context);
  }

  @FieldResolver(() => Backer, { nullable: true, description: backerDescription })
  backer(@Root() event: PledgeChanged, @Ctx() context: Context): Promise<Backer | null> {
    return backerOf(event, context);
  }
}

async function milestoneOf(
  { articleId, subjectId }: MilestoneReached | MilestoneSettled,
  context: Context,
): Promise<Milestone> {
  const { milestones } = await requireCampaign(articleId, context);
  const milestone = milestones.find(({ position }) => String(position) === subjectId);
  if (!milestone) throw new Error(`The campaign of article ${articleId} has no milestone ${subjectId}`);
  return milestone;
}

@Resolver(() => MilestoneReached)
export class MilestoneReachedResolver {
  @FieldResolver(() => Milestone, { description: 'The milestone as it is now.' })
  milestone(@Root() event: MilestoneReached, @Ctx() context: Context): Promise<Milestone> {
    return milestoneOf(event, context);
  }
}

@Resolver(() => MilestoneSettled)
export class MilestoneSettledResolver {
  @FieldResolver(() => Milestone, { description: 'The milestone as it is now.' })
  milestone(@Root() event: MilestoneSettled, @Ctx() context: Context): Promise<Milestone> {
    return milestoneOf(event, context);
  }
}

@Resolver(() => ArticleUnlocked)
export class ArticleUnlockedResolver {
  @FieldResolver(() => Article, { description: 'The article as it is now.' })
  article(@Root() { articleId }: ArticleUnlocked, @Ctx() context: Context): Promise<Article> {
    return requireArticle(context, articleId);
  }
}
