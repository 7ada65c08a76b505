import { Field, ID, InputType, ObjectType } from 'type-graphql';
import {
  CurrencyCodeScalar,
  DateTimeScalar,
  MinorUnitsScalar,
  UuidScalar,
} from '../../platform/graphql/scalars.ts';
import { Payload } from '../../platform/graphql/user-error.type.ts';
import { Campaign } from './campaign/campaign.type.ts';
import { Pledge } from './campaign/pledge.type.ts';
import { MaxLength } from '../../platform/graphql/max-length.ts';
import { maxTitleLength, maxDescriptionLength, maxDestinationLength } from './campaign/funding.policy.ts';

@InputType({ description: 'A milestone of a campaign.' })
export class MilestoneInput {
  @MaxLength(maxTitleLength)
  @Field(() => String, { description: 'Its name.' })
  title!: string;

  @MaxLength(maxDescriptionLength)
  @Field(() => String, { description: 'What the money is for, as plain text.' })
  description!: string;

  @Field(() => MinorUnitsScalar, {
    description:
      'The total of the campaign with which it is reached, in minor units: above that of the milestone before.',
  })
  goal!: bigint;

  @Field(() => ID, {
    nullable: true,
    description: 'A draft that is published once it is reached; absent: none.',
  })
  unlockedArticleId?: string | null;
}

@InputType({ description: 'A new campaign.' })
export class CreateCampaignInput {
  @Field(() => ID, { description: 'The article that pitches it, and has no campaign yet.' })
  articleId!: string;

  @Field(() => CurrencyCodeScalar, { description: 'The currency of all of its amounts.' })
  currency!: string;

  @Field(() => DateTimeScalar, { description: 'Until when it takes pledges: at most 90 days from now.' })
  deadline!: Date;

  @Field(() => [MilestoneInput], { description: '1 to 5 milestones, by rising goals.' })
  milestones!: MilestoneInput[];

  @Field(() => UuidScalar, {
    nullable: true,
    description: 'A key created once for this campaign and sent with every retry.',
  })
  idempotencyKey?: string | null;
}

@InputType({
  description:
    'Changes of a campaign; what is absent stays. Once it was launched, only the texts of its milestones change.',
})
export class UpdateCampaignInput {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => CurrencyCodeScalar, { nullable: true, description: 'The currency of all of its amounts.' })
  currency?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when it takes pledges: at most 90 days from now.',
  })
  deadline?: Date | null;

  @Field(() => [MilestoneInput], {
    nullable: true,
    description: 'All of its milestones, 1 to 5, by rising goals.',
  })
  milestones?: MilestoneInput[] | null;
}

@InputType({ description: 'A campaign to launch.' })
export class LaunchCampaignInput {
  @Field(() => ID, { description: 'The campaign, a draft.' })
  campaignId!: string;
}

@InputType({ description: 'A campaign to end before its deadline.' })
export class CancelCampaignInput {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;
}

@InputType({ description: 'A campaign to suspend or resume.' })
export class SuspendCampaignInput {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: 'False: the campaign takes pledges again.',
  })
  suspended!: boolean | null;
}

@InputType({ description: 'A new pledge.' })
export class PledgeInput {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => MinorUnitsScalar, {
    description: 'The amount, in minor units of the campaign’s currency. It is public.',
  })
  amount!: bigint;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether the viewer is named in public. The amount always is.',
  })
  named!: boolean | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description: 'A key created once for this pledge and sent with every retry.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Changes of a pledge; what is absent stays.' })
export class ChangePledgeInput {
  @Field(() => ID, { description: 'The pledge.' })
  pledgeId!: string;

  @Field(() => MinorUnitsScalar, {
    nullable: true,
    description: 'The amount, in minor units of the campaign’s currency.',
  })
  amount?: bigint | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the viewer is named in public. Alone, `false` hides the name in every state.',
  })
  named?: boolean | null;
}

@InputType({ description: 'A pledge to withdraw.' })
export class WithdrawPledgeInput {
  @Field(() => ID, { description: 'The pledge.' })
  pledgeId!: string;
}

@InputType({ description: 'A pledge that needs a means of payment.' })
export class RetryPledgeInput {
  @Field(() => ID, { description: 'The pledge.' })
  pledgeId!: string;
}

@InputType({ description: 'A pledge to give back.' })
export class RefundPledgeInput {
  @Field(() => ID, { description: 'The pledge, which was collected.' })
  pledgeId!: string;
}

@InputType({ description: 'Money to pay out.' })
export class PayOutInput {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => MinorUnitsScalar, { description: 'The amount, in minor units of the campaign’s currency.' })
  amount!: bigint;

  @MaxLength(maxDestinationLength)
  @Field(() => String, {
    description: 'The receiving account at the payment provider, such as `acct_1A2b3C`.',
  })
  destination!: string;

  @Field(() => UuidScalar, {
    nullable: true,
    description: 'A key created once for this payout and sent with every retry.',
  })
  idempotencyKey?: string | null;
}

/** The payload of every mutation of a campaign. */
@ObjectType({ simpleResolvers: true })
abstract class OfCampaign extends Payload {
  @Field(() => Campaign, { nullable: true, description: 'The campaign as it is now; null when refused.' })
  campaign!: Campaign | null;
}

/** The payload of every mutation of a pledge. */
@ObjectType({ simpleResolvers: true })
abstract class OfPledge extends Payload {
  @Field(() => Pledge, { nullable: true, description: 'The pledge as it is now; null when refused.' })
  pledge!: Pledge | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `createCampaign`.' })
export class CreateCampaignPayload extends OfCampaign {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `updateCampaign`.' })
export class UpdateCampaignPayload extends OfCampaign {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `launchCampaign`.' })
export class LaunchCampaignPayload extends OfCampaign {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `cancelCampaign`.' })
export class CancelCampaignPayload extends OfCampaign {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `suspendCampaign`.' })
export class SuspendCampaignPayload extends OfCampaign {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `pledge`.' })
export class PledgePayload extends OfPledge {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `changePledge`.' })
export class ChangePledgePayload extends OfPledge {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `withdrawPledge`.' })
export class WithdrawPledgePayload extends OfPledge {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `retryPledge`.' })
export class RetryPledgePayload extends OfPledge {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `refundPledge`.' })
export class RefundPledgePayload extends OfPledge {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `payOut`.' })
export class PayOutPayload extends OfCampaign {}
