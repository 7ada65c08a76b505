import { formatCount } from '../../platform/page/page-texts.ts';
import type { CurrencyCode } from './money/currency.ts';
import { formatMoney as exactMoney, majorUnits, type Money } from './money/money.ts';
import type { SupportBoxFragment } from './page.generated.ts';

type ShownMoney = NonNullable<SupportBoxFragment['campaign']>['pledged'];

const deadline = new Intl.DateTimeFormat('en', {
  year: 'numeric',
  // As short as it can be: its line is not to be broken.
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
  timeZone: 'UTC',
});

/** An instant by which something has to be done. */
export const formatDeadline = (time: string): string => deadline.format(new Date(time));

/** An amount as the API shows it. */
const read = ({ minorUnits, currency }: ShownMoney): Money => ({
  minorUnits: BigInt(minorUnits),
  currency: currency as CurrencyCode,
});

/** An amount as a decimal number of its currency's units, exactly. */
export const decimalOf = (money: ShownMoney): string => majorUnits(read(money));

/** An amount with the sign of its currency, exactly; a round one without a fraction. */
export const formatMoney = (money: ShownMoney): string => exactMoney(read(money)).replace(/\.0+$/, '');

/** Texts of campaigns, as in `web/texts.ts`. */
export const texts = {
  support: 'Support this work',
  testMode: 'Test mode: no money moves.',
  pledged: 'Pledged',
  collected: 'Collected',
  paidOut: 'Paid out',
  pledgedOf: (pledged: string, goal: string) => `${pledged} pledged of ${goal}`,
  meterLabel: 'Pledged so far',
  meterText: (pledged: string, collected: string, goals: string) =>
    `${pledged} pledged, ${collected} collected; goals: ${goals}`,
  meterGoals: 'Goals, the last one at the end',
  pledgeCount: (count: number) => formatCount(count, 'pledge', 'pledges'),
  until: (day: string) => `until ${day}`,
  deadline: (time: string) => `Deadline: ${time}`,
  campaignStatuses: {
    SUSPENDED: 'Paused',
    SUCCEEDED: 'All goals reached',
    ENDED: 'Deadline passed',
    CANCELLED: 'Cancelled',
  },
  milestones: 'What the money is for',
  milestoneStates: {
    PLANNED: 'Opens after the goal before it.',
    OPEN: 'Pledges go to this goal now.',
    REACHED: 'Reached: its pledges are due.',
    FUNDED: 'Funded: it was collected.',
    SHORT: 'Short: payments failed, or went back.',
    MISSED: 'Missed: nobody pays for it.',
  },
  milestoneClosed: 'Takes no pledges at the moment.',
  campaignTerms: {
    LIVE: 'Pledging costs nothing yet. You are charged only if the open goal is reached before the deadline; if it is not, nobody pays for it.',
    SUSPENDED:
      'An editor has paused this campaign: nothing is pledged or collected now. What is not due can be withdrawn.',
    SUCCEEDED: 'No more pledges are taken.',
    ENDED: 'No more pledges are taken. Pledges to goals that were missed were let go: nobody pays for them.',
    CANCELLED:
      'No more pledges are taken. Pledges to goals that were not reached were let go: nobody pays for them.',
  },
  notCollected: (amount: string, isAllDue: boolean) =>
    `Of ${isAllDue ? 'what was pledged' : 'the goals that were reached'}, ${amount} is missing: payments are under way, have failed, or went back.`,
  ledger: 'Ledger',
  signInToPledge: 'Sign in to pledge',
  notTaken: 'No pledges are taken here at the moment.',
  unlockedArticle: 'Read',
  noBackers: 'Be the first to pledge.',
  noPledges: 'Nobody has pledged.',
  noBackersEver: 'No backer wishes to be named.',
  backedBy: 'Named lately:',
  allBackers: 'Show all',
  backersTitle: 'Backers who wish to be named',
  raisingMoney: 'Raising money now',
  allRaising: 'All that raise money now',
  nothingRaising: 'No campaign takes pledges at the moment.',
} as const;

/** Texts that the script has no use for. */
export const servedOnly = {
  moreBackers: 'and others',
  moreCampaigns: 'There are others, which this page’s script shows.',
  pledgeByScript: 'Pledging needs JavaScript: switch it on for this page to sign in and pledge.',
  ledgerByScript:
    'The ledger is loaded by this page’s script. Without scripts it can be read by the API, as Campaign.ledger.',
} as const;
