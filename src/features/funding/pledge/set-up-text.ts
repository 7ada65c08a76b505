import { formatMoney } from '../money/money.ts';
import type { PledgeToSetUp } from '../campaign/pledge.queries.ts';

/**
 * What the provider's page says to the payer: what is promised, for what, and when it is charged. At most 800 characters,
 * as the titles of an article and of a milestone have at most 420 together.
 */
export function setUpText(pledge: PledgeToSetUp): string {
  const { amount, currency, status, title, milestoneTitle, isPaused } = pledge;
  const money = formatMoney({ minorUnits: BigInt(amount), currency });
  // What is not public has no names on the page of somebody else.
  const purpose = title === null ? 'for a campaign' : `for “${milestoneTitle}” of the campaign “${title}”`;
  // Another means of payment, after a payment that has failed.
  const time = isPaused ? 'once the campaign, which is paused, goes on' : 'soon';
  return status === 'ACTION_REQUIRED'
    ? `You promised ${money} ${purpose}. Its goal was reached: ${money} will be charged ${time}.`
    : `You promise ${money} ${purpose}. Nothing is charged now: ${money} will be charged if its goal is reached.`;
}
