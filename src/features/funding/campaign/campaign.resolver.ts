import { Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { articleById } from '../../articles/article/article.loader.ts';
import { canSeeArticle } from '../../articles/article/article.policy.ts';
import { loadArticle, requireArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import { type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { Journalist } from '../../articles/journalist/journalist.type.ts';
import type { CampaignListVariant, CampaignOrder } from './campaign-list.queries.ts';
import {
  Backer,
  BackerConnection,
  Campaign,
  CampaignConnection,
  CampaignStatusEnum,
  Milestone,
} from './campaign.type.ts';
import { currencyCodes } from '../money/currency.ts';
import { FundingCurrency } from '../money/currency.type.ts';
import {
  backerCount,
  backerPages,
  campaignByArticleId,
  campaignPages,
  campaignTotals,
} from './funding.loader.ts';
import { canManageCampaign, canMoveMoney } from './funding.policy.ts';
import { campaignOf, loadCampaign } from './funding.show.ts';
import { loadLedger } from '../ledger/ledger.show.ts';
import { type LedgerTransaction, LedgerTransactionConnection } from '../ledger/ledger.type.ts';
import { type CampaignStatus, mayBecome } from './transitions.ts';

const CampaignOrderEnum = graphqlEnum<CampaignOrder>('CampaignOrder', 'The order of a list of campaigns.', {
  NEWEST: 'Launched last first.',
  ENDING_SOON: 'The earliest deadline first.',
});

/** Arguments of all lists of campaigns. */
@ArgsType()
export class CampaignListArgs extends PageArgs {
  @Field(() => [CampaignStatusEnum], {
    nullable: true,
    description: 'Only campaigns in one of these states; absent: all that were launched.',
  })
  statuses?: CampaignStatus[] | null;

  @Field(() => CampaignOrderEnum, {
    nullable: true,
    defaultValue: 'NEWEST',
    description: 'The order of the campaigns.',
  })
  orderBy!: CampaignOrder | null;
}

async function loadPage(
  { of, scope }: { readonly of: CampaignListVariant['of']; readonly scope: string | null },
  { statuses, orderBy, ...args }: CampaignListArgs,
  { loaders, viewer }: Context,
): Promise<Counted<Campaign>> {
  const variant: CampaignListVariant = {
    of,
    order: orderBy ?? 'NEWEST',
    statuses: statuses ? [...new Set(statuses)].sort() : undefined,
  };
  const page = await loaders.get(campaignPages).load({ scope, variant, request: pageRequest(args) });
  const ids = page.rows.map(({ id }) => id);
  const [articles, campaigns] = await Promise.all([
    Promise.all(ids.map((id) => loaders.get(articleById).load(id))),
    Promise.all(ids.map((id) => loaders.get(campaignByArticleId).load(id))),
  ]);
  // A campaign whose article was unpublished between the statements is left out.
  const connection = toConnection(page, (_, index) => {
    const [article, campaign] = [articles[index], campaigns[index]];
    return article && campaign && canSeeArticle(article, viewer) ? Campaign.from(campaign, article) : null;
  });
  return counted(connection, () => loaders.get(campaignTotals).load({ scope, variant }));
}

/** The list of all public campaigns. */
@Resolver()
export class CampaignListResolver {
  /** @param testMode the mode in which money moves; undefined: the service moves none */
  constructor(private readonly testMode: boolean | undefined) {}

  @Query(() => CampaignConnection, { nullable: true, description: 'Campaigns that were launched.' })
  campaigns(
    @Args(() => CampaignListArgs) args: CampaignListArgs,
    @Ctx() context: Context,
  ): Promise<Counted<Campaign>> {
    return loadPage({ of: 'everybody', scope: null }, args, context);
  }

  @Bounded(currencyCodes.length)
  @Query(() => [FundingCurrency], {
    description: 'The currencies in which campaigns can be, by code, whether or not the service takes money.',
  })
  fundingCurrencies(): FundingCurrency[] {
    return currencyCodes.map((code) => FundingCurrency.of(code));
  }

  @Query(() => Boolean, {
    nullable: true,
    description:
      'Whether new campaigns are made in test mode, in which no money moves; null while the service takes no money.',
  })
  fundingTestMode(): boolean | null {
    return this.testMode ?? null;
  }
}

/** The field of journalists that lists campaigns. */
@Resolver(() => Journalist)
export class JournalistCampaignResolver {
  @FieldResolver(() => CampaignConnection, {
    nullable: true,
    description: 'The journalist’s campaigns that were launched.',
  })
  campaigns(
    @Root() { journalistId }: Journalist,
    @Args(() => CampaignListArgs) args: CampaignListArgs,
    @Ctx() context: Context,
  ): Promise<Counted<Campaign>> {
    return loadPage({ of: 'journalist', scope: journalistId }, args, context);
  }
}

/** The field of articles for their campaign. */
@Resolver(() => Article)
export class ArticleCampaignResolver {
  @FieldResolver(() => Campaign, {
    nullable: true,
    description: 'The campaign of which this article is the pitch; null if there is none.',
  })
  campaign(@Root() article: Article, @Ctx() context: Context): Promise<Campaign | null> {
    return campaignOf(article, context);
  }
}

@Resolver(() => Milestone)
export class MilestoneResolver {
  @FieldResolver(() => Article, {
    nullable: true,
    description: 'The article that it unlocks; null if there is none, or while it is not public.',
  })
  unlockedArticle(
    @Root() { unlockedArticleKey }: Milestone,
    @Ctx() context: Context,
  ): Promise<Article | null> {
    return unlockedArticleKey === null ? Promise.resolve(null) : loadArticle(context, unlockedArticleKey);
  }
}

@Resolver(() => Campaign)
export class CampaignResolver {
  /** @param testMode the mode in which money moves; undefined: the service moves none */
  constructor(private readonly testMode: boolean | undefined) {}

  @FieldResolver(() => Article, { description: 'The article that pitches it.' })
  article(@Root() { articleId }: Campaign, @Ctx() context: Context): Promise<Article> {
    return requireArticle(context, articleId);
  }

  @FieldResolver(() => BackerConnection, {
    nullable: true,
    description: 'Those who have pledged and wish to be named, the newest pledge first.',
  })
  async backers(
    @Root() { articleId, currency }: Campaign,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Counted<Backer>> {
    const key = { scope: articleId, variant: null, request: pageRequest(args) };
    const page = await loaders.get(backerPages).load(key);
    const connection = toConnection(page, (row) => Backer.from(row, currency));
    return counted(connection, () => loaders.get(backerCount).load(articleId));
  }

  @FieldResolver(() => LedgerTransactionConnection, {
    nullable: true,
    description: 'All that has happened to the campaign’s money, the oldest first.',
  })
  ledger(
    @Root() { articleId }: Campaign,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Counted<LedgerTransaction>> {
    return loadLedger(context, articleId, args);
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether pledges are taken until the deadline: the campaign is live, and the service has a payment provider of its mode. `viewerCanPledge` says whether the viewer may make one.',
  })
  takesPledges(@Root() { status, testMode }: Campaign): boolean {
    return status === 'LIVE' && testMode === this.testMode;
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description:
      'Whether the viewer may change and launch the campaign; false for everybody once it is over.',
  })
  async viewerCanManage(@Root() { articleId, status }: Campaign, @Ctx() context: Context): Promise<boolean> {
    if (!mayBecome('campaign', status, 'CANCELLED')) return false;
    return canManageCampaign((await requireArticle(context, articleId)).facts, context.viewer);
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description:
      'Whether the viewer may cancel the campaign; false for everybody once it is over, and for all but editors while it is suspended.',
  })
  async viewerCanCancel(@Root() campaign: Campaign, @Ctx() context: Context): Promise<boolean> {
    if (campaign.status === 'SUSPENDED' && !canMoveMoney(context.viewer)) return false;
    return this.viewerCanManage(campaign, context);
  }
}

/** Finds a campaign by global id. */
export const findCampaignNode = nodeFinder(1, ([articleId = ''], context) =>
  loadCampaign(context, articleId),
);
