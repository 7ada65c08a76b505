import { type Money } from '../currency.ts';
import { formatMoney } from '../format.ts';
import { type PledgeStatus } from '../graphql/generated/graphql.ts';
import { texts } from '../texts.ts';
import { type SupportedCampaign } from './campaign.ts';
import { termsOf } from './support-facts.tsx';

/** What a form for a pledge depends on. */
export interface PledgeSituation {
  readonly campaign: SupportedCampaign;
  /** Whether the campaign takes pledges. */
  readonly isOpen: boolean;
  /** The reader's own pledge: the one that is changed, or the last one. */
  readonly pledge: { readonly id: string; readonly status: PledgeStatus; readonly amount: Money } | null;
}

/** What happened while the form was open. */
export interface PledgeNews {
  /** Empty: nothing that concerns the form. */
  readonly text: string;
  /** Whether the service would refuse what the form sends. */
  readonly isBlocked: boolean;
}

/** @param isChange whether the form changes the pledge; false: it makes another one */
export function pledgeNews(before: PledgeSituation, now: PledgeSituation, isChange: boolean): PledgeNews {
  const { campaign, isOpen, pledge } = now;
  const isSame = pledge?.id === before.pledge?.id && pledge?.status === before.pledge?.status;
  // A pledge that counts is changed, and is not made twice.
  const isTaken = isChange ? !isSame : pledge?.status === 'ACTIVE';
  const isNews = isTaken || !isSame || pledge?.amount.minorUnits !== before.pledge?.amount.minorUnits;
  const isBlocked = !isOpen || isTaken;
  const text = [
    // A live campaign whose provider takes pledges, and that is not open, has passed its deadline.
    isOpen ? '' : termsOf(campaign, !campaign.takesPledges),
    isNews && pledge ? texts.ownPledges[pledge.status](formatMoney(pledge.amount)) : '',
  ]
    .join(' ')
    .trim();
  return { text: isBlocked ? texts.pledgeBlocked(text) : text, isBlocked };
}
