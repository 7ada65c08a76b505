import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { requireArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import { isForOne } from '../../../platform/auth/viewer.ts';
import { type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { Campaign } from '../campaign/campaign.type.ts';
import { campaignByArticleId } from '../campaign/funding.loader.ts';
import { canManageCampaign, canMoveMoney } from '../campaign/funding.policy.ts';
import {
  availableAmount,
  payoutCounts,
  payoutPages,
  pledgeCounts,
  pledgePages,
  pledgeTallies,
} from './management.loader.ts';
import { payable } from '../money/money.ts';
import { CampaignManagement, Payout, PayoutConnection, PledgeTally } from './management.type.ts';
import { Money } from '../money/money.type.ts';
import { Pledge, PledgeConnection, PledgeStatusEnum } from '../campaign/pledge.type.ts';
import { type PledgeStatus, pledgeStatuses } from '../campaign/transitions.ts';

/** The field of articles that tells whether a campaign can be made. */
@Resolver(() => Article)
export class CampaignOfferResolver {
  /** @param takesMoney whether the service has a payment provider */
  constructor(private readonly takesMoney: boolean) {}

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description:
      'Whether `createCampaign` would make a campaign of the viewer for the article; false for everybody while the service takes no money.',
  })
  async viewerCanCreateCampaign(
    @Root() { articleId, facts }: Article,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<boolean> {
    if (!this.takesMoney || viewer === null || !canManageCampaign(facts, viewer)) return false;
    // The draft of a campaign is made without an event.
    if (!isForOne(viewer)) return false;
    return (await loaders.get(campaignByArticleId).load(articleId)) === undefined;
  }
}

/** The field of campaigns for those who lead them. */
@Resolver(() => Campaign)
export class CampaignManagementOfferResolver {
  @ViewerDependent()
  @FieldResolver(() => CampaignManagement, {
    nullable: true,
    description:
      'What the viewer sees of it, beside what is public; null for those who may not edit its article.',
  })
  async viewerManagement(
    @Root() campaign: Campaign,
    @Ctx() context: Context,
  ): Promise<CampaignManagement | null> {
    const { viewer } = context;
    const { facts } = await requireArticle(context, campaign.articleId);
    if (viewer === null || !canManageCampaign(facts, viewer) || !isForOne(viewer)) return null;
    return CampaignManagement.of(campaign, canMoveMoney(viewer));
  }
}

@Resolver(() => CampaignManagement)
export class CampaignManagementResolver {
  @FieldResolver(() => Money, {
    description:
      'What can be paid out now: what the campaign holds, less what is being paid out or given back, in whole steps of the currency (`FundingCurrency.step`). Negative after a dispute, or a fee that became known, of what was paid out.',
  })
  async available(
    @Root() { articleId, currency }: CampaignManagement,
    @Ctx() { loaders }: Context,
  ): Promise<Money> {
    const minorUnits = await loaders.get(availableAmount).load(articleId);
    return Money.from({ minorUnits: payable({ minorUnits, currency }), currency });
  }

  @Bounded(pledgeStatuses.length)
  @FieldResolver(() => [PledgeTally], {
    description: 'The campaign’s pledges by their states. A state without a pledge is left out.',
  })
  async pledgeTallies(
    @Root() { articleId, currency }: CampaignManagement,
    @Ctx() { loaders }: Context,
  ): Promise<PledgeTally[]> {
    const rows = await loaders.get(pledgeTallies).load(articleId);
    return pledgeStatuses.flatMap((status) =>
      rows.filter((row) => row.status === status).map((row) => PledgeTally.from(row, currency)),
    );
  }

  @FieldResolver(() => PledgeConnection, {
    nullable: true,
    description: 'The campaign’s pledges, the newest first; null for those who are no editors.',
  })
  async pledges(
    @Root() { articleId, canMoveMoney: isEditor }: CampaignManagement,
    @Arg('status', () => PledgeStatusEnum, {
      nullable: true,
      description: 'Only pledges in this state; absent: all.',
    })
    given: PledgeStatus | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Counted<Pledge> | null> {
    if (!isEditor) return null;
    const status = given ?? undefined;
    const key = { scope: articleId, variant: status, request: pageRequest(args) };
    const page = await loaders.get(pledgePages).load(key);
    const connection = toConnection(page, (row) => Pledge.from(row));
    return counted(connection, () => loaders.get(pledgeCounts).load({ scope: articleId, variant: status }));
  }

  @FieldResolver(() => PayoutConnection, {
    nullable: true,
    description: 'The campaign’s payouts, the newest first.',
  })
  async payouts(
    @Root() { articleId, currency }: CampaignManagement,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Counted<Payout>> {
    const key = { scope: articleId, variant: null, request: pageRequest(args) };
    const page = await loaders.get(payoutPages).load(key);
    const connection = toConnection(page, (row) => Payout.from(row, currency));
    return counted(connection, () => loaders.get(payoutCounts).load({ scope: articleId, variant: null }));
  }
}
