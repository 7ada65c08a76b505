/** The steps of a pledge's money at which a node can be killed. `reversal`: a payout that comes back. */
export const fundingSteps = [
  'setUp',
  'complete',
  'collect',
  'cancel',
  'refund',
  'transfer',
  'reversal',
] as const;
export type FundingStep = (typeof fundingSteps)[number];

/**
 * The moments of a step, in their order. `in-provider` and `after-provider` are in the provider's own handling of the call,
 * where it is a part of the node: before its transaction is committed, and before its answer is sent.
 */
export const fundingPoints = [
  'before-call',
  'in-provider',
  'after-provider',
  'after-answer',
  'before-commit',
  'during-commit',
  'after-commit',
] as const;
export type FundingPoint = (typeof fundingPoints)[number];

/** A moment at which a node dies. */
export interface FundingKill {
  readonly step: FundingStep;
  readonly point: FundingPoint;
}
