import { isolated } from '../../src/platform/text/direction.ts';
import { formatCount, formatDeadline, formatNumber } from '../format.ts';
import type {
  DecisionKind,
  HeldKind,
  HoldPhase,
  HookState,
  ReportState,
} from '../graphql/generated/graphql.ts';
import type { OwnVerdict } from './queue-entry.ts';

const clock = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit' });

/** Texts of the queue. */
export const queueTexts = {
  waiting: (count: number) =>
    count === 0 ? 'Nothing waits' : `${formatNumber(count)} ${count === 1 ? 'waits' : 'wait'}`,
  empty: 'Nothing waits. What comes in appears here by itself.',
  emptyPart: 'Nothing of this kind waits.',
  allDone: 'All that was loaded is decided.',
  list: 'What waits',
  more: 'More of the queue',
  gathered: (count: number) => `${formatNumber(count)} new at the end`,
  ended: 'Not live: load the page again.',

  filters: 'What is shown',
  waits: 'What waits',
  phase: 'Held by',
  anything: 'Everything',
  anyPhase: 'Any reason',
  byPerson: (name: string | undefined) => `By ${isolated(name ?? 'one person')}`,
  onArticle: (title: string | undefined) =>
    title === undefined ? 'Under one article' : `Under “${isolated(title)}”`,
  dropFilter: (name: string) => `Show others as well: ${isolated(name)}`,
  onlyPerson: 'Only theirs',
  onlyArticle: 'Only this article',

  kinds: {
    COMMENT: 'New comment',
    EDIT: 'New text',
    REPORTS: 'Taken back',
    REPORTED: 'Reported',
  } satisfies Record<HeldKind | 'REPORTED', string>,
  kindNames: {
    COMMENT: 'New comments',
    EDIT: 'New texts of public comments',
    REPORTS: 'Taken back',
    REPORTED: 'Reported',
  } satisfies Record<HeldKind | 'REPORTED', string>,
  phases: {
    PERSON: 'The account is read first',
    WORDS: 'A word of the list',
    LINKS: 'Links',
    REPEATED_TEXT: 'The same text as before',
    FIRST_COMMENTS: 'First comments of the account',
    POLICY: 'Everything is read first here',
    HOOK: 'The program that is asked',
    REPORTS: 'Reports',
  } satisfies Record<HoldPhase, string>,
  hook: {
    ASKED: (until: string) => `it has time until ${clock.format(new Date(until))}`,
    UNANSWERED: () => 'it has not answered in time',
    ESCALATED: () => 'it leaves this to a moderator',
  } satisfies Record<HookState, (until: string) => string>,
  suspects: (reason: string) => `it suspects: ${reason}`,
  unknownReason: 'Held; the reason was not stored',
  reportedPublic: 'It is public, and was reported',
  rule: (rule: string) => `rule: ${rule}`,
  /** By phase: rules with a number. */
  countRules: {
    LINKS: (most) => (most === 0 ? 'it has a link' : `more than ${formatCount(most, 'link', 'links')}`),
    FIRST_COMMENTS: (least) =>
      `one of the first comments of an account, until ${formatNumber(least)} ${least === 1 ? 'is' : 'are'} public`,
  } as Partial<Readonly<Record<HoldPhase, (count: number) => string>>>,
  policies: { article: 'under this article', site: 'on the whole site' } as Readonly<
    Record<string, string | undefined>
  >,

  since: 'In the queue since',
  newText: 'New text',
  publicText: 'Public now',
  inReplyTo: (name: string | null) => `Answers ${isolated(name ?? 'somebody without a name')}`,
  nobody: 'Somebody without a name',
  noAccount: 'No account',
  person: 'Who wrote it',
  accountSince: (day: string) => `Here since ${day}`,
  roles: {
    JOURNALIST: 'Journalist',
    MODERATOR: 'Moderator',
    EDITOR: 'Editor',
    ADMINISTRATOR: 'Administrator',
  } as Readonly<Record<string, string>>,
  published: 'public',
  pending: 'waiting',
  rejected: 'rejected',
  removed: 'removed',
  comments: 'Comments',
  reportsReceived: 'Reports',
  upheld: 'right',
  dismissed: 'wrong',
  open: 'open',
  none: 'none',
  SUSPENDED: 'Suspended',
  BANNED: 'Banned',
  PREMODERATED: 'Read first',
  until: (time: string) => `until ${formatDeadline(time)}`,

  reports: (count: number) => formatCount(count, 'report', 'reports'),
  reporter: (name: string | undefined) => name ?? 'Somebody',
  reporterGood: 'in good standing',
  reporterPoor: 'reports are often wrong',
  tally: (upheld: number, wrong: number) => `${formatNumber(upheld)} right, ${formatNumber(wrong)} wrong`,
  earlierText: 'about an earlier text',
  badFaith: 'Made in bad faith',
  states: {
    OPEN: 'open',
    UPHELD: 'was right',
    DISMISSED: 'was wrong',
    BAD_FAITH: 'was made in bad faith',
    OBSOLETE: 'is settled otherwise',
  } satisfies Record<ReportState, string>,

  approve: 'Approve',
  keep: 'Keep',
  reject: 'Reject',
  remove: 'Remove',
  claim: 'Claim',
  release: 'Give back',
  openArticle: 'Open',
  undo: 'Undo',
  /** After “Undo”, for screen readers. */
  lastDecision: 'your last decision',
  select: (name: string) => `Select: ${isolated(name)}`,
  sending: { APPROVE: 'Approving …', REJECT: 'Rejecting …', REMOVE: 'Removing …' } satisfies Record<
    OwnVerdict,
    string
  >,
  claimedBy: (name: string, until: string) =>
    `${isolated(name)} works on this until ${clock.format(new Date(until))}`,
  claimedByYou: (until: string) => `You work on this until ${clock.format(new Date(until))}`,

  whyReject: 'Why is it rejected?',
  whyRemove: 'Why is it removed?',
  whyHint: 'The author is told the reason and your note, not your name.',
  note: 'Note to the author (optional)',
  chooseReason: 'Choose a reason.',
  formLost: 'What the form was about waits no longer: the form has closed.',
  cancel: 'Cancel',

  selected: (count: number) => `${formatNumber(count)} selected`,
  clear: 'Clear',
  bulk: 'What is selected',

  commentBy: (kind: string, name: string) => `${kind} by ${isolated(name)}`,
  gone: 'No longer waits',
  /** What was decided; `by` is a name, or undefined for the viewer. */
  decisions: {
    APPROVED: 'Approved',
    KEPT: 'Kept',
    REJECTED: 'Rejected',
    REMOVED: 'Removed',
    RESTORED: 'Restored',
    EDIT_APPROVED: 'New text approved',
    EDIT_REJECTED: 'New text rejected',
  } as Partial<Readonly<Record<DecisionKind, string>>>,
  decidedBy: (what: string, name: string | undefined) => `${what} by ${isolated(name ?? 'you')}`,
  decidedSomehow: 'Decided',
  service: 'the service',
  /** @param quicker comments that another moderator has decided about before */
  decided: (made: number, quicker: readonly string[]) =>
    [
      ...(made > 0 ? [`${formatNumber(made)} decided.`] : []),
      ...(quicker.length === 1
        ? [`${quicker.join()} was not decided again: another moderator was quicker.`]
        : []),
      ...(quicker.length > 1
        ? [`${formatNumber(quicker.length)} comments were not decided again: another moderator was quicker.`]
        : []),
    ].join(' '),
  /** A comment, by its author. */
  commentOf: (name: string | null) =>
    name === null ? 'The comment by somebody without a name' : `${isolated(name)}’s comment`,
  /** Why a comment was not decided: about that comment, whatever entry is in hand by then. */
  notDecided: {
    CLAIMED: (whose) => `${whose} was not decided: another moderator works on it.`,
    STALE_REVISION: (whose) => `${whose} was not decided: its author has changed the text.`,
  } as Readonly<Record<string, (whose: string) => string>>,
  unanswered: (whose: string) => `${whose} may not have been decided: no answer came.`,
  unread: (whose: string) => `${whose} was not decided: its text was not loaded.`,
  notDecidedBecause: (message: string) => (whose: string) => `${whose} was not decided. ${message}`,
  /** @param message the service's words, after which it may have been decided all the same */
  perhapsNotDecided: (message: string) => (whose: string) => `${whose} may not have been decided. ${message}`,
  severalNotDecided: (count: number) => `${formatNumber(count)} comments were not decided.`,
  severalUncertain: (count: number) => `${formatNumber(count)} comments may not have been decided.`,
  toRefused: 'Go to it',
  toFirstRefused: 'Go to the first',
  /** @param refusals the service's reasons for each decision that stays */
  undone: (count: number, refusals: readonly string[]) =>
    [
      ...(count === 1 ? ['Undone: it waits again.'] : []),
      ...(count > 1 ? [`${formatNumber(count)} undone: they wait again.`] : []),
      // The reason of a single decision says that it stays.
      ...(count + refusals.length > 1 && refusals.length > 0
        ? [`${formatNumber(refusals.length)} not undone.`]
        : []),
      ...refusals.slice(-1),
    ].join(' '),
  undoneElsewhere: (name: string | null) =>
    `Undone: ${name === null ? 'a comment' : `the comment by ${isolated(name)}`} waits again, outside this list.`,
  undoUnknown: 'No answer came: it may have been undone. Undo once more; it is undone once.',
  nothingToUndo: 'There is nothing to undo.',
  textChanged: 'The author has changed the text: this is the new one.',
  unknown: 'No answer came: it may have been decided. Decide once more; it is decided once.',
  refusals: {
    CLAIMED: 'Another moderator works on this: it was not decided.',
    ALREADY_DECIDED: 'Another moderator was quicker: it was not decided again.',
    STALE_REVISION: 'The author has changed the text: this is the new one. It was not decided.',
  } as Readonly<Record<string, string>>,

  keys: 'Keys',
  keysTitle: 'Keys of the queue',
  keysHint: 'They are off while you type. With a selection, they are for all that is selected.',
  keysOn: 'Keys are on',
  close: 'Close',
  keyNames: [
    ['j', 'Next'],
    ['k', 'Previous'],
    ['a', 'Approve, or keep what was reported'],
    ['r', 'Reject: choose a reason by its number, Enter sends'],
    ['d', 'Remove the whole comment'],
    ['c', 'Claim, or give back'],
    ['x', 'Select; with Shift all from the last one selected'],
    ['b', 'Back to what was not decided after all, to the first of several'],
    ['u', 'Undo your last decision, whatever is shown by then'],
    ['o', 'Open the comment under its article, or the one it answers if it is not public, in a new tab'],
    ['p', 'The page of the person'],
    ['n', 'Show what is new'],
    ['Esc', 'Close the reasons, or clear the selection'],
    ['?', 'This list'],
  ] as readonly (readonly [string, string])[],
};
