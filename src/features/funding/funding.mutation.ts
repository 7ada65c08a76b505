import { Resolver } from 'type-graphql';
import type { Viewer } from '../../platform/auth/viewer.ts';
import type { Result, UserErrorValue } from '../../platform/errors/errors.ts';
import { AccountCommand } from '../../platform/graphql/command.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { requireKeys } from '../../platform/graphql/global-id.ts';
import { NeedsProof, NeedsScope } from '../../platform/graphql/needs-scope.ts';
import type { CampaignService, MilestoneInput as GivenMilestone } from './campaign/campaign.service.ts';
import type { Campaign } from './campaign/campaign.type.ts';
import {
  CancelCampaignInput,
  CancelCampaignPayload,
  ChangePledgeInput,
  ChangePledgePayload,
  CreateCampaignInput,
  CreateCampaignPayload,
  LaunchCampaignInput,
  LaunchCampaignPayload,
  type MilestoneInput,
  PayOutInput,
  PayOutPayload,
  PledgeInput,
  PledgePayload,
  RefundPledgeInput,
  RefundPledgePayload,
  RetryPledgeInput,
  RetryPledgePayload,
  SuspendCampaignInput,
  SuspendCampaignPayload,
  UpdateCampaignInput,
  UpdateCampaignPayload,
  WithdrawPledgeInput,
  WithdrawPledgePayload,
} from './funding.input.ts';
import { loadCampaign, loadPledge } from './campaign/funding.show.ts';
import type { MoneyService } from './collection/money.service.ts';
import type { PledgeKey } from './campaign/pledge.queries.ts';
import type { PledgeService } from './pledge/pledge.service.ts';
import type { Pledge } from './campaign/pledge.type.ts';

interface CampaignOutcome {
  campaign: Campaign | null;
  userErrors: readonly UserErrorValue[];
}

interface PledgeOutcome {
  pledge: Pledge | null;
  userErrors: readonly UserErrorValue[];
}

async function showCampaign(
  context: Context,
  articleId: string,
  result: Result<unknown>,
): Promise<CampaignOutcome> {
  if (!result.ok) return { campaign: null, userErrors: result.userErrors };
  context.loaders.reset();
  return { campaign: await loadCampaign(context, articleId), userErrors: [] };
}

async function showPledge(context: Context, result: Result<PledgeKey>): Promise<PledgeOutcome> {
  if (!result.ok) return { pledge: null, userErrors: result.userErrors };
  context.loaders.reset();
  return { pledge: await loadPledge(context, result.value), userErrors: [] };
}

const milestonesOf = (given: readonly MilestoneInput[]): GivenMilestone[] =>
  given.map(({ title, description, goal, unlockedArticleId }) => ({
    title,
    description,
    goal,
    unlockedArticleId:
      unlockedArticleId == null ? undefined : requireKeys('Article', 1, unlockedArticleId)[0],
  }));

function pledgeKey(id: string): PledgeKey {
  const [articleId, key] = requireKeys('Pledge', 2, id);
  return { articleId, id: key };
}

/** Commands on campaigns. */
@Resolver()
export class CampaignMutationResolver {
  constructor(private readonly campaigns: CampaignService) {}

  @NeedsScope('PUBLISH')
  @AccountCommand(CreateCampaignPayload, {
    description: 'Makes the draft of a campaign. An article has one campaign.',
    input: [CreateCampaignInput, 'The campaign.'],
  })
  async createCampaign(
    input: CreateCampaignInput,
    viewer: Viewer,
    context: Context,
  ): Promise<CampaignOutcome> {
    const [articleId] = requireKeys('Article', 1, input.articleId);
    const result = await this.campaigns.createCampaign(viewer, {
      articleId,
      currency: input.currency,
      deadline: input.deadline,
      milestones: milestonesOf(input.milestones),
      idempotencyKey: input.idempotencyKey?.toLowerCase(),
    });
    return showCampaign(context, articleId, result);
  }

  @NeedsScope('PUBLISH')
  @AccountCommand(UpdateCampaignPayload, {
    description: 'Changes a campaign.',
    input: [UpdateCampaignInput, 'The changes.'],
  })
  async updateCampaign(
    input: UpdateCampaignInput,
    viewer: Viewer,
    context: Context,
  ): Promise<CampaignOutcome> {
    const [articleId] = requireKeys('Campaign', 1, input.campaignId);
    const result = await this.campaigns.updateCampaign(viewer, {
      articleId,
      currency: input.currency ?? undefined,
      deadline: input.deadline ?? undefined,
      milestones: input.milestones ? milestonesOf(input.milestones) : undefined,
    });
    return showCampaign(context, articleId, result);
  }

  @NeedsScope('PUBLISH')
  @AccountCommand(LaunchCampaignPayload, {
    description:
      'Opens a campaign to pledges. Its article has to be published. Repeating this changes nothing.',
    input: [LaunchCampaignInput, 'The campaign.'],
  })
  async launchCampaign(
    input: LaunchCampaignInput,
    viewer: Viewer,
    context: Context,
  ): Promise<CampaignOutcome> {
    const [articleId] = requireKeys('Campaign', 1, input.campaignId);
    return showCampaign(context, articleId, await this.campaigns.launchCampaign(viewer, articleId));
  }

  @NeedsScope('PUBLISH')
  @AccountCommand(CancelCampaignPayload, {
    description:
      'Ends a campaign before its deadline; one that is suspended, for editors alone. Pledges to the open milestone are released; those to a milestone that was reached are still collected. Repeating this changes nothing.',
    input: [CancelCampaignInput, 'The campaign.'],
  })
  async cancelCampaign(
    input: CancelCampaignInput,
    viewer: Viewer,
    context: Context,
  ): Promise<CampaignOutcome> {
    const [articleId] = requireKeys('Campaign', 1, input.campaignId);
    return showCampaign(context, articleId, await this.campaigns.cancelCampaign(viewer, articleId));
  }

  @NeedsScope('ADMINISTER')
  @AccountCommand(SuspendCampaignPayload, {
    description:
      'Stops a campaign from taking pledges, or resumes it; for editors. Repeating this changes nothing.',
    input: [SuspendCampaignInput, 'The campaign.'],
  })
  async suspendCampaign(
    input: SuspendCampaignInput,
    viewer: Viewer,
    context: Context,
  ): Promise<CampaignOutcome> {
    const [articleId] = requireKeys('Campaign', 1, input.campaignId);
    const result = await this.campaigns.suspendCampaign(viewer, articleId, input.suspended ?? true);
    return showCampaign(context, articleId, result);
  }
}

/** Commands of backers. */
@Resolver()
export class PledgeMutationResolver {
  constructor(private readonly pledges: PledgeService) {}

  @NeedsScope('FUND')
  @AccountCommand(PledgePayload, {
    description:
      'Promises an amount to the open milestone of a campaign. Nothing is charged unless it is reached. The pledge counts as soon as a means of payment was saved at its `setupUrl`.',
    input: [PledgeInput, 'The pledge.'],
  })
  async pledge(input: PledgeInput, viewer: Viewer, context: Context): Promise<PledgeOutcome> {
    const [articleId] = requireKeys('Campaign', 1, input.campaignId);
    const result = await this.pledges.pledge(viewer, {
      articleId,
      amount: input.amount,
      isNamed: input.named ?? false,
      idempotencyKey: input.idempotencyKey?.toLowerCase(),
    });
    return showPledge(context, result);
  }

  @NeedsScope('FUND')
  @AccountCommand(ChangePledgePayload, {
    description: 'Changes the viewer’s own pledge, until its milestone is reached.',
    input: [ChangePledgeInput, 'The changes.'],
  })
  async changePledge(input: ChangePledgeInput, viewer: Viewer, context: Context): Promise<PledgeOutcome> {
    const result = await this.pledges.changePledge(viewer, {
      key: pledgeKey(input.pledgeId),
      amount: input.amount ?? undefined,
      isNamed: input.named ?? undefined,
    });
    return showPledge(context, result);
  }

  @NeedsScope('FUND')
  @AccountCommand(WithdrawPledgePayload, {
    description:
      'Withdraws the viewer’s own pledge, until its milestone is reached. Repeating this changes nothing.',
    input: [WithdrawPledgeInput, 'The pledge.'],
  })
  async withdrawPledge(input: WithdrawPledgeInput, viewer: Viewer, context: Context): Promise<PledgeOutcome> {
    return showPledge(context, await this.pledges.withdrawPledge(viewer, pledgeKey(input.pledgeId)));
  }

  @NeedsScope('FUND')
  @AccountCommand(RetryPledgePayload, {
    description:
      'Begins to save another means of payment for the viewer’s own pledge, which could not be collected. Its `setupUrl` leads to the page for it.',
    input: [RetryPledgeInput, 'The pledge.'],
  })
  async retryPledge(input: RetryPledgeInput, viewer: Viewer, context: Context): Promise<PledgeOutcome> {
    return showPledge(context, await this.pledges.retryPledge(viewer, pledgeKey(input.pledgeId)));
  }
}

/** Commands of editors that move money. */
@Resolver()
export class MoneyMutationResolver {
  constructor(private readonly money: MoneyService) {}

  @NeedsScope('ADMINISTER')
  @AccountCommand(RefundPledgePayload, {
    description:
      'Gives a collected pledge back, whole; for editors. The fee that the payment provider keeps is the site’s loss. Refused with `INSUFFICIENT_FUNDS` where so much was paid out that the campaign’s other payments do not cover it. It is done a little later, as the pledge’s `status` tells. Repeating this changes nothing.',
    input: [RefundPledgeInput, 'The pledge.'],
  })
  async refundPledge(input: RefundPledgeInput, viewer: Viewer, context: Context): Promise<PledgeOutcome> {
    return showPledge(context, await this.money.refundPledge(viewer, pledgeKey(input.pledgeId)));
  }

  @NeedsProof()
  @AccountCommand(PayOutPayload, {
    description:
      'Pays money of a campaign out: at most what it holds; for editors. It is done a little later, as the ledger tells.',
    input: [PayOutInput, 'The payout.'],
  })
  async payOut(input: PayOutInput, viewer: Viewer, context: Context): Promise<CampaignOutcome> {
    const [articleId] = requireKeys('Campaign', 1, input.campaignId);
    const result = await this.money.payOut(viewer, {
      articleId,
      amount: input.amount,
      destination: input.destination,
      idempotencyKey: input.idempotencyKey?.toLowerCase(),
    });
    return showCampaign(context, articleId, result);
  }
}
