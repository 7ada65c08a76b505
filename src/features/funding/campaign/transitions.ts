/** States of a campaign. */
export const campaignStatuses = ['DRAFT', 'LIVE', 'SUSPENDED', 'SUCCEEDED', 'ENDED', 'CANCELLED'] as const;
export type CampaignStatus = (typeof campaignStatuses)[number];

/** States of a milestone. Only one milestone of a campaign is open at a time; those after it are `PLANNED`. */
export const milestoneStatuses = ['PLANNED', 'OPEN', 'REACHED', 'FUNDED', 'SHORT', 'MISSED'] as const;
export type MilestoneStatus = (typeof milestoneStatuses)[number];

/** States of a pledge. */
export const pledgeStatuses = [
  'SETUP',
  'ACTIVE',
  'DUE',
  'COLLECTED',
  'ACTION_REQUIRED',
  'DROPPED',
  'WITHDRAWN',
  'RELEASED',
  'REFUNDED',
  'DISPUTED',
  'LOST',
] as const;
export type PledgeStatus = (typeof pledgeStatuses)[number];

/** States of a payment, and of a refund. */
export const paymentStatuses = [
  'CREATED',
  'SUBMITTED',
  'PENDING',
  'ACTION_REQUIRED',
  'SUCCEEDED',
  'FAILED',
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** States of a payout. */
export const payoutStatuses = ['CREATED', 'SUBMITTED', 'PAID', 'FAILED', 'REVERSED'] as const;
export type PayoutStatus = (typeof payoutStatuses)[number];

/** The states of everything in a campaign that has a state. */
export interface FundingStates {
  readonly campaign: CampaignStatus;
  readonly milestone: MilestoneStatus;
  readonly pledge: PledgeStatus;
  readonly payment: PaymentStatus;
  readonly payout: PayoutStatus;
}

type Transitions = {
  readonly [Thing in keyof FundingStates]: Readonly<
    Record<FundingStates[Thing], readonly FundingStates[Thing][]>
  >;
};

/** Every change of a state that is allowed. A state without a successor is final. */
export const transitions: Transitions = {
  campaign: {
    DRAFT: ['LIVE', 'CANCELLED'],
    LIVE: ['SUSPENDED', 'SUCCEEDED', 'ENDED', 'CANCELLED'],
    // Its deadline does not end it: what an editor has stopped, an editor lets go on or ends.
    SUSPENDED: ['LIVE', 'CANCELLED'],
    SUCCEEDED: [],
    ENDED: [],
    CANCELLED: [],
  },
  milestone: {
    // One pledge may cross several goals.
    PLANNED: ['OPEN', 'REACHED', 'MISSED'],
    OPEN: ['REACHED', 'MISSED'],
    REACHED: ['FUNDED', 'SHORT'],
    FUNDED: [],
    SHORT: [],
    MISSED: [],
  },
  pledge: {
    SETUP: ['ACTIVE', 'RELEASED', 'WITHDRAWN'],
    ACTIVE: ['DUE', 'WITHDRAWN', 'RELEASED'],
    DUE: ['COLLECTED', 'ACTION_REQUIRED', 'DROPPED'],
    COLLECTED: ['REFUNDED', 'DISPUTED'],
    ACTION_REQUIRED: ['DUE', 'COLLECTED', 'DROPPED'],
    DROPPED: [],
    WITHDRAWN: [],
    RELEASED: [],
    REFUNDED: [],
    // A refund that was under way when the dispute began.
    DISPUTED: ['COLLECTED', 'LOST', 'REFUNDED'],
    LOST: [],
  },
  payment: {
    CREATED: ['SUBMITTED'],
    SUBMITTED: ['PENDING', 'ACTION_REQUIRED', 'SUCCEEDED', 'FAILED'],
    PENDING: ['ACTION_REQUIRED', 'SUCCEEDED', 'FAILED'],
    ACTION_REQUIRED: ['PENDING', 'SUCCEEDED', 'FAILED'],
    SUCCEEDED: [],
    FAILED: [],
  },
  payout: {
    CREATED: ['SUBMITTED', 'FAILED'],
    SUBMITTED: ['PAID', 'FAILED'],
    PAID: ['REVERSED'],
    FAILED: [],
    REVERSED: [],
  },
};

/** Whether a state may follow another. */
export function mayBecome<Thing extends keyof FundingStates>(
  thing: Thing,
  from: FundingStates[Thing],
  to: FundingStates[Thing],
): boolean {
  return transitions[thing][from].includes(to);
}

/** @throws Error for a change that no code may make */
export function requireTransition<Thing extends keyof FundingStates>(
  thing: Thing,
  from: FundingStates[Thing],
  to: FundingStates[Thing],
): void {
  if (!mayBecome(thing, from, to)) throw new Error(`A ${thing} that is ${from} can not become ${to}`);
}
