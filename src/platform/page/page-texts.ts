/*
 * The texts and formats of the HTML that is served before any script runs. The reader's page has the same ones in
 * `web/texts.ts` and `web/format.ts`, each by the same name; a test compares them. They are not one file, because the
 * service imports nothing of the page, and the page's texts are its own.
 */

import { isolated } from '../text/direction.ts';

const language = 'en';

const number = new Intl.NumberFormat(language);
const plural = new Intl.PluralRules(language);
// The HTML is the same for all readers, so instants are formatted in UTC.
const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' });

const deadline = new Intl.DateTimeFormat(language, {
  year: 'numeric',
  // As short as it can be: its line is not to be broken.
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
  timeZone: 'UTC',
});

export const formatNumber = (value: number): string => number.format(value);

const formatCount = (count: number, one: string, other: string): string =>
  `${formatNumber(count)} ${plural.select(count) === 'one' ? one : other}`;

/** The day of a `PartialDateTime`, or its month or year if no more is known. */
export function formatDay(time: string): string {
  if (time.length === 4) return time;
  return (time.length === 7 ? month : day).format(new Date(time));
}

/** An instant by which something has to be done. */
export const formatDeadline = (time: string): string => deadline.format(new Date(time));

/** An amount as the API has it. */
interface Money {
  readonly minorUnits: string;
  readonly currency: string;
}

/** Digits behind the point of currencies that have another number of them than two. */
const otherDigits: Readonly<Record<string, 0 | 3>> = {
  BHD: 3,
  CLP: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  OMR: 3,
  PYG: 0,
  TND: 3,
  VND: 0,
  XAF: 0,
  XOF: 0,
};

/** An amount as a decimal number of its currency's units, exactly. */
export function decimalOf({ minorUnits, currency }: Money): string {
  const digits = otherDigits[currency] ?? 2;
  if (digits === 0) return minorUnits;
  const all = minorUnits.padStart(digits + 1, '0');
  return `${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** An amount with the sign of its currency, exactly. */
export function formatMoney({ minorUnits, currency }: Money): string {
  const digits = otherDigits[currency] ?? 2;
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    trailingZeroDisplay: 'stripIfInteger',
  });
  // As a text, which keeps all digits.
  return format.format(`${minorUnits}e-${digits}` as `${number}`);
}

export const texts = {
  siteLine: 'Crowdfunded journalism',
  notFoundTitle: 'Not found',
  notFound: 'There is nothing at this address, or it was unpublished.',
  toFront: 'To the latest articles',
  skipToContent: 'Skip to content',
  footer: 'Standfirst is free software. This page uses nothing but its public API.',
  explorer: 'The API and its explorer',
  licences: 'Licences',
  searchLabel: 'Search articles',
  searchPlaceholder: 'Search',
  searchButton: 'Search',
  notPublished: 'Not published',
  firstPublished: 'First published at',
  contactHidden: (count: number) =>
    count === 1
      ? 'The e-mail address in this text is hidden from programs that collect addresses.'
      : 'The e-mail addresses in this text are hidden from programs that collect addresses.',
  contactSignIn: (count: number) =>
    count === 1 ? 'Sign in to see the address' : 'Sign in to see the addresses',
  signedBy: (count: string) => `Signed by ${count}`,
  endorsements: (count: number) => formatCount(count, 'endorsement', 'endorsements'),
  signInToEndorse: 'Sign in to endorse',
  imported: 'imported',
  namesake: 'not the journalist of this name',
  moreEndorsements: 'More endorsements',
  discussion: 'Discussion',
  comments: (count: number) => formatCount(count, 'comment', 'comments'),
  sortLabel: 'Order',
  sorts: { THREADED: 'Replies under comments' },
  commentsClosed: 'This article takes no new comments.',
  premoderated: 'A moderator reads each comment before it is public.',
  signInToComment: 'Sign in to comment',
  noComments: 'Nobody has said anything yet.',
  later: 'More comments',
  commentBy: (name: string | null, level: number) =>
    `${level === 0 ? 'Comment' : `Reply, level ${level},`} by ${isolated(name ?? 'somebody without a name')}`,
  nameless: 'No name given',
  removed: 'Comment removed',
  badges: { ARTICLE_AUTHOR: 'Author', JOURNALIST: 'Journalist', MODERATOR: 'Moderator' },
  edited: 'edited',
  fold: 'Hide replies',
  reply: 'Reply',
  reactions: { LIKE: 'Well said', INSIGHTFUL: 'Insightful', DISAGREE: 'Disagree' },
  continueThread: (count: number) => `Continue this thread: ${formatCount(count, 'reply', 'replies')}`,
  branchTitle: (title: string) => `A thread under “${isolated(title)}”`,
  wholeDiscussion: 'The whole discussion',
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
  commentsFeed: (title: string) => `Comments on “${isolated(title)}”`,
  firstComments: 'The first comments',
  needsScripts: 'This page needs JavaScript. Articles and discussions can be read without it.',
  moreBackers: 'and others',
  moreCampaigns: 'There are others, which this page’s script shows.',
  pledgeByScript: 'Pledging needs JavaScript: switch it on for this page to sign in and pledge.',
  ledgerByScript:
    'The ledger is loaded by this page’s script. Without scripts it can be read by the API, as Campaign.ledger.',
} as const;
