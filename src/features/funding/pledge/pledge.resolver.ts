import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { loadOwnPage } from '../../articles/article/own-rows.show.ts';
import { requireArticle } from '../../articles/article/article.show.ts';
import { isAccount, isForOne, refusalToSpeak } from '../../../platform/auth/viewer.ts';
import type { Counted } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { PageArgs } from '../../../platform/graphql/page.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { DateTimeScalar, UrlScalar } from '../../../platform/graphql/scalars.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { CampaignRow } from '../campaign/campaign.queries.ts';
import { maxMilestones } from '../campaign/campaign.service.ts';
import { Campaign, Milestone } from '../campaign/campaign.type.ts';
import {
  campaignByArticleId,
  hasPledged,
  ownPledges,
  pledgeByKey,
  viewerPledgesByArticleId,
} from '../campaign/funding.loader.ts';
import { canMoveMoney, isOpen, isPerson, mayBack, repairableUntil } from '../campaign/funding.policy.ts';
import { loadCampaign, loadPledge } from '../campaign/funding.show.ts';
import { isRefundable } from '../management/management.loader.ts';
import { Money } from '../money/money.type.ts';
import { Pledge, PledgeConnection } from '../campaign/pledge.type.ts';

/** The fields of campaigns about the viewer's own pledges. */
@Resolver(() => Campaign)
export class CampaignPledgeResolver {
  /** @param testMode the mode in which money moves; undefined: the service moves none */
  constructor(
    private readonly clock: Clock,
    private readonly testMode: boolean | undefined,
  ) {}

  @ViewerDependent()
  @FieldResolver(() => Pledge, {
    nullable: true,
    description: 'The viewer’s last pledge to the campaign; null if there is none.',
  })
  async viewerPledge(
    @Root() { articleId }: Campaign,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<Pledge | null> {
    // While a means of payment is saved a pledge changes without an event.
    if (viewer === null || !isForOne(viewer)) return null;
    const [last] = await loaders.get(viewerPledgesByArticleId).load(articleId);
    return last ? Pledge.from(last) : null;
  }

  @Bounded(maxMilestones + 1)
  @ViewerDependent()
  @FieldResolver(() => [Pledge], {
    nullable: true,
    description:
      'The viewer’s pledges to the campaign, newest first: all that were neither withdrawn nor released, and the last one whatever became of it. `Viewer.pledges` has all of them. Null where the viewer is not signed in.',
  })
  async viewerPledges(
    @Root() { articleId }: Campaign,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<Pledge[] | null> {
    if (viewer === null || !isForOne(viewer)) return null;
    return (await loaders.get(viewerPledgesByArticleId).load(articleId)).map((row) => Pledge.from(row));
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, { description: 'Whether `pledge` would accept a pledge of the viewer.' })
  async viewerCanPledge(
    @Root() { articleId, row, testMode }: Campaign,
    @Ctx() context: Context,
  ): Promise<boolean> {
    const { viewer, loaders } = context;
    const { facts } = await requireArticle(context, articleId);
    if (viewer === null || testMode !== this.testMode || !mayBack(facts, viewer)) return false;
    // The deadline passes without an event.
    if (!isForOne(viewer) || !isOpen(row, facts, this.clock.now())) return false;
    const pledges = await loaders.get(viewerPledgesByArticleId).load(articleId);
    return !pledges.some(({ status }) => status === 'ACTIVE');
  }
}

@Resolver(() => Pledge)
export class PledgeResolver {
  readonly #graceMs: number;
  readonly #testMode: boolean | undefined;

  /**
   * @param graceMs time in which backers may repair a failed payment, in milliseconds
   * @param testMode the mode in which money moves; undefined: the service moves none
   */
  constructor(graceMs: number, testMode: boolean | undefined) {
    this.#graceMs = graceMs;
    this.#testMode = testMode;
  }

  @FieldResolver(() => Campaign, {
    nullable: true,
    description: 'The campaign; null while its article is not public.',
  })
  campaign(@Root() { articleId }: Pledge, @Ctx() context: Context): Promise<Campaign | null> {
    return loadCampaign(context, articleId);
  }

  @FieldResolver(() => Milestone, {
    nullable: true,
    description: 'The milestone to which it was made; null while the campaign’s article is not public.',
  })
  async milestone(
    @Root() { articleId, milestonePosition }: Pledge,
    @Ctx() context: Context,
  ): Promise<Milestone | null> {
    const campaign = await loadCampaign(context, articleId);
    return campaign?.milestones.find(({ position }) => position === milestonePosition) ?? null;
  }

  @FieldResolver(() => UrlScalar, {
    nullable: true,
    description:
      'The page of the payment provider on which a means of payment is saved, for the backer alone; null if none has to be.',
  })
  setupUrl(@Root() { accountId, setUpUrl }: Pledge, @Ctx() { viewer }: Context): string | null {
    return isAccount(viewer, accountId) ? setUpUrl : null;
  }

  @FieldResolver(() => Money, { description: 'What was pledged.' })
  async amount(@Root() { articleId, minorUnits }: Pledge, @Ctx() context: Context): Promise<Money> {
    return Money.from({
      minorUnits,
      currency: Campaign.currencyOf(await requireCampaign(context, articleId)),
    });
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether its campaign is a test: no money moves, and no card is charged.',
  })
  async testMode(@Root() { articleId }: Pledge, @Ctx() context: Context): Promise<boolean> {
    return (await requireCampaign(context, articleId)).testMode;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      'Until when another means of payment can be saved with `retryPledge`, where the pledge is `ACTION_REQUIRED`: soon afterwards it is dropped. Null in all other states.',
  })
  async repairableUntil(
    @Root() { articleId, status, milestonePosition }: Pledge,
    @Ctx() context: Context,
  ): Promise<Date | null> {
    if (status !== 'ACTION_REQUIRED') return null;
    const { milestones } = await requireCampaign(context, articleId);
    const milestone = milestones.find(({ position }) => position === milestonePosition);
    return milestone ? repairableUntil(milestone, this.#graceMs) : null;
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description:
      'Whether `refundPledge` of the viewer would give it back, or is doing so: it was collected, and the campaign’s other payments leave as much as was paid out. So any collected pledge can be given back while nothing was paid out.',
  })
  async viewerCanRefund(
    @Root() { articleId, pledgeId, status }: Pledge,
    @Ctx() context: Context,
  ): Promise<boolean> {
    const { viewer, loaders } = context;
    if (status !== 'COLLECTED' || viewer === null || !canMoveMoney(viewer)) return false;
    // Payouts are asked for without an event.
    if (!isForOne(viewer) || (await requireCampaign(context, articleId)).testMode !== this.#testMode)
      return false;
    return loaders.get(isRefundable).load({ articleId, id: pledgeId });
  }
}

/** The row of a pledge's campaign, also while its article is not public. */
async function requireCampaign({ loaders }: Context, articleId: string): Promise<CampaignRow> {
  const campaign = await loaders.get(campaignByArticleId).load(articleId);
  if (!campaign) throw new Error(`Article ${articleId} has no campaign`);
  return campaign;
}

/** The fields of the viewer about the viewer's own pledges. */
@Resolver(() => ViewerAccount)
export class ViewerPledgeResolver {
  /** @param isOn whether the service takes money */
  constructor(private readonly isOn: boolean) {}

  @FieldResolver(() => Boolean, {
    description:
      'Whether the service has a payment provider, and the account may pledge. `Campaign.viewerCanPledge` says whether it may pledge to a campaign.',
  })
  canPledge(@Root() { viewer }: ViewerAccount): boolean {
    return this.isOn && isPerson(viewer) && !refusalToSpeak(viewer);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer has ever pledged, whatever became of it.',
  })
  hasPledged(@Root() { accountId }: ViewerAccount, @Ctx() { loaders }: Context): Promise<boolean> {
    return loaders.get(hasPledged).load(accountId);
  }

  @FieldResolver(() => PledgeConnection, {
    nullable: true,
    description: 'The viewer’s own pledges, newest first.',
  })
  pledges(
    @Root() { accountId }: ViewerAccount,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Counted<Pledge>> {
    return loadOwnPage(context, accountId, args, {
      rows: ownPledges,
      variant: 'all',
      byKey: pledgeByKey,
      isShown: (row) => row.accountId === accountId,
      toNode: (row) => Pledge.from(row),
    });
  }
}

/** Finds a pledge by global id. */
export const findPledgeNode = nodeFinder(2, ([articleId = '', id = ''], context) =>
  loadPledge(context, { articleId, id }),
);
