import { formatCount, formatNumber } from '../format.ts';
import {
  type CampaignStatus,
  type LedgerAccount,
  type LedgerTransactionKind,
  type MilestoneStatus,
  type PayoutStatus,
  type PledgeStatus,
} from '../graphql/generated/graphql.ts';

const campaignStatuses: Readonly<Record<CampaignStatus, string>> = {
  DRAFT: 'Draft',
  LIVE: 'Live',
  SUSPENDED: 'Suspended',
  SUCCEEDED: 'Succeeded',
  ENDED: 'Ended',
  CANCELLED: 'Cancelled',
};

const statusHints: Readonly<Record<CampaignStatus, string>> = {
  DRAFT: 'Only you and the editors see it.',
  LIVE: 'Readers can pledge.',
  SUSPENDED:
    'It takes no pledges, and nothing is collected or paid out, until an editor resumes it. Its last day stays. Backers can withdraw pledges that are not due, and editors can give payments back. Readers see that it is paused.',
  SUCCEEDED: 'All milestones were reached.',
  ENDED: 'Its deadline has passed.',
  CANCELLED: 'It was ended before its deadline. Pledges to milestones that were not reached are released.',
};

const milestoneStatuses: Readonly<Record<MilestoneStatus, string>> = {
  PLANNED: 'Comes later',
  OPEN: 'Open',
  REACHED: 'Reached: pledges are being collected',
  FUNDED: 'Funded',
  SHORT: 'Short: payments failed, were given back or were lost in disputes',
  MISSED: 'Missed: nobody pays',
};

const pledgeStatuses: Readonly<Record<PledgeStatus, string>> = {
  SETUP: 'Means of payment not saved yet (not counted)',
  ACTIVE: 'Pledged',
  DUE: 'To be collected',
  COLLECTED: 'Collected',
  ACTION_REQUIRED: 'Payment failed: the article’s page offers the backer to save another card',
  DROPPED: 'Could not be collected',
  WITHDRAWN: 'Withdrawn by the backer',
  RELEASED: 'Released: nothing is paid',
  REFUNDED: 'Given back',
  DISPUTED: 'Disputed at the payer’s bank',
  LOST: 'Taken back by the payer’s bank',
};

const payoutStatuses: Readonly<Record<PayoutStatus, string>> = {
  CREATED: 'Asked for',
  SUBMITTED: 'On its way',
  PAID: 'Paid',
  FAILED: 'Failed: the campaign still holds the money',
  REVERSED: 'Came back: the campaign holds the money again',
};

const payoutAsked = () => 'The payout is asked for. It is done a little later.';

const payoutNotices: Readonly<Record<PayoutStatus, (amount: string, destination: string) => string>> = {
  CREATED: payoutAsked,
  SUBMITTED: payoutAsked,
  PAID: (amount, destination) => `${amount} was paid out to ${destination}.`,
  FAILED: (amount) => `The payout of ${amount} failed: the campaign still holds the money.`,
  REVERSED: (amount) => `The payout of ${amount} came back: the campaign holds the money again.`,
};

const ledgerKinds: Readonly<Record<LedgerTransactionKind, string>> = {
  PAYMENT: 'Payment collected',
  FEE: 'Fee of the payment provider',
  REFUND: 'Payment given back',
  DISPUTE_OPENED: 'Payment disputed',
  DISPUTE_WON: 'Dispute won',
  DISPUTE_LOST: 'Dispute lost',
  LOSS_COVERED: 'Cost of a payment that went back, borne by the site',
  PAYOUT: 'Paid out',
  PAYOUT_REVERSED: 'Payout came back',
  REVERSAL: 'Correction of an earlier entry',
};

const ledgerAccounts: Readonly<Record<LedgerAccount, string>> = {
  BACKER: 'backer',
  CAMPAIGN: 'campaign',
  PROVIDER_FEES: 'fees',
  JOURNALIST: 'journalist',
  DISPUTED: 'disputed',
  SITE: 'site',
};

/** All texts of the page on which a campaign is made and led. */
export const campaignTexts = {
  backToEdit: 'Edit the article',
  forbidden: 'This campaign is not yours to lead.',
  off: 'This site takes no money at present, so no campaign can be made. That is for its operator to change.',
  testMode: 'Test mode: no money moves',
  testModeHint: 'No card is charged, and nothing is paid out.',
  statuses: campaignStatuses,
  statusHints,
  unknownAnswer: 'The service could not be reached. Try again: what was done already is not done twice.',

  // Making a campaign.
  intro: 'Readers promise amounts, and nobody pays unless a milestone is reached.',
  currency: 'Currency',
  currencyHint: 'Its code of three letters, such as EUR.',
  noSuchCurrency: 'No campaign can be in this currency.',
  deadline: 'Last day',
  deadlineHint: 'Pledges are taken until the end of this day, at most 89 days from today.',
  noDeadline: 'Choose a day.',
  milestones: 'Milestones',
  milestonesHint: '1 to 5. Each goal is the total with which the milestone is reached, above the one before.',
  milestone: (place: number) => `Milestone ${formatNumber(place)}`,
  milestoneTitle: 'Name',
  milestoneDescription: 'What the money is for',
  goal: 'Goal',
  goalHint: (currency: string | undefined) =>
    currency === undefined ? 'The total.' : `The total, in ${currency}.`,
  goalRead: (amount: string) => `That is ${amount}.`,
  unlocks: 'Draft that is published when it is reached',
  unlocksNothing: 'None',
  moreDrafts: 'Only your 100 latest drafts are listed.',
  addMilestone: 'Add a milestone',
  removeMilestone: (place: number) => `Remove milestone ${formatNumber(place)}`,
  make: 'Make the draft',
  saveDraft: 'Save draft',
  made: 'The draft is made.',
  saved: 'Saved.',
  restored: 'These are changes from before that were not saved yet.',
  textsTitle: 'Texts of the milestones',
  textsHint: 'Names and descriptions can be mended. Currency, deadline, goals and what they unlock stay.',
  saveTexts: 'Save the texts',

  // Before the launch.
  previewTitle: 'As readers will see it',
  previewUnsaved: 'The preview shows the saved draft.',
  until: 'Until',
  backers: (count: number) => formatCount(count, 'pledge', 'pledges'),
  launchTitle: 'Launch',
  launch: 'Launch the campaign',
  launchFirst: 'Save your changes first.',
  launchUnpublished: 'Publish the article first: it is the pitch.',
  launchQuestion:
    'Launch this campaign? From then on it is public, and its currency, deadline, goals and what they unlock can’t be changed any more, only the texts of its milestones.',
  launchKeep: 'Not yet',
  launched: 'The campaign is live.',
  cancel: 'Cancel the campaign',
  cancelDraftQuestion: 'Cancel this draft? It is over then, and the article can have no other campaign.',
  cancelQuestion:
    'Cancel this campaign? It is over then, for good. Pledges to milestones that were not reached are released: nobody pays for them. What was promised to a milestone that was reached is still collected.',
  cancelKeep: 'Keep it',
  cancelled: 'The campaign is cancelled.',

  // Following a campaign.
  figures: 'Figures',
  pledged: 'Pledged',
  pledgedHint: 'What was promised and not withdrawn.',
  collected: 'Collected',
  collectedHint: 'What was paid, less what was given back or lost.',
  paidOut: 'Paid out',
  paidOutHint: 'What the journalist has received.',
  milestoneStatuses,
  reachedSuspended: 'Reached: pledges are collected once the campaign is resumed',
  reachedAt: 'Reached on',
  publishes: 'Publishes',
  pledges: 'Pledges',
  pledgeStatuses,
  tally: (count: number) => formatCount(count, 'pledge', 'pledges'),
  noPledges: 'Nobody has pledged yet.',
  named: 'Backers who are named',
  noNamed: 'Nobody wishes to be named so far.',
  moreNamed: 'More backers',
  ledger: 'Ledger',
  ledgerHint: 'All that has happened to the money, the newest first. Everybody can read it.',
  noLedger: 'No money has moved yet.',
  ledgerKinds,
  ledgerAccounts,
  moreLedger: 'Earlier entries',

  // For editors.
  editors: 'For editors',
  suspend: 'Suspend the campaign',
  suspendQuestion:
    'Suspend this campaign? It takes no pledges, and nothing is collected or paid out, until an editor resumes it. Its last day stays. Readers see that it is paused.',
  suspendKeep: 'Leave it live',
  suspended: 'The campaign is suspended.',
  resume: 'Resume the campaign',
  resumed: 'The campaign takes pledges again.',
  payOut: 'Pay out',
  available: (amount: string) => `${amount} can be paid out now.`,
  amount: 'Amount',
  destination: 'Receiving account at the payment provider',
  destinationHint: 'Such as acct_1A2b3C.',
  payOutQuestion: (amount: string, destination: string) => `Pay ${amount} out to ${destination}?`,
  payOutReview: 'Pay out …',
  payOutKeep: 'Don’t pay out',
  payoutNotices,
  noPayoutSuspended: 'A suspended campaign pays nothing out.',
  payouts: 'Payouts',
  noPayouts: 'Nothing was paid out yet.',
  payoutStatuses,
  payoutTo: (destination: string) => `to ${destination}`,
  reason: (code: string) =>
    code === 'balance_insufficient'
      ? 'The balance at the payment provider is too low. Wait until payments have arrived there, or add to it, and pay out again.'
      : `Reason: ${code}`,
  refundFailed: 'It could not be given back.',
  allPledges: 'All pledges',
  pledgeState: 'State',
  anyState: 'All',
  refund: 'Give back',
  refundOne: (amount: string, pseudonym: string) => `Give back ${amount} to ${pseudonym}`,
  refundQuestion: (amount: string) =>
    `Give ${amount} back to the backer? The whole pledge is given back, and that can’t be undone.`,
  refundKeep: 'Keep it',
  noRefundPaidOut: 'It cannot be given back: too much of the campaign’s money was paid out.',
  noRefundNow: 'It cannot be given back now: this site moves no money for this campaign.',
  refundAsked: 'The money is being given back. That takes a little while.',
  noPledgesInState: 'There is no such pledge.',
  morePledges: 'More pledges',
  isNamed: 'named',
  isNameless: 'not named',
} as const;
