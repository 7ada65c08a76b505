import type { MailSentence, NotificationDeclarations } from '../../../platform/feature/notification.ts';
import type { ModerationDecisionKind } from '../../../platform/screening/moderation-decision.entity.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';

declare module '../../../platform/feature/notification.ts' {
  interface NotificationKinds {
    readonly ACCOUNT_SUSPENDED: OfAccount;
    readonly ACCOUNT_PREMODERATED: OfAccount;
    readonly SANCTION_LIFTED: OfAccount;
    readonly COMMENTS_REMOVED: OfAccount;
    readonly APPEAL_ANSWERED: OfAccount;
  }
}

const row = { from: 'moderation_decision d', where: 'd.id = x.subject_id' };

/** What a mail says of a decision; times are in ISO 8601. */
interface DecisionFacts {
  readonly kind: ModerationDecisionKind;
  readonly reason: ModerationReason | null;
  readonly until: string | null;
  readonly since: string | null;
}

/** A reason of moderators, as the end of a sentence. */
const because: Readonly<Record<ModerationReason, string>> = {
  SPAM: 'for advertising, or the same text again and again',
  ABUSE: 'for insults or harassment',
  HATE: 'for attacks on people for what they are',
  VIOLENCE: 'for threats, or calls for violence',
  SEXUAL: 'for sexual content',
  PERSONAL_DATA: 'for private data of somebody',
  ILLEGAL: 'for content that breaks the law',
  MISLEADING: 'for misleading content',
  OFF_TOPIC: 'for content that is about something else',
  OTHER: 'for a reason that your account shows',
};

const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
const at = (time: string): string => `${date.format(new Date(time))} UTC`;

function sentenceOf({ kind, reason, until, since }: DecisionFacts): string {
  const why = reason === null ? '' : `, ${because[reason]}`;
  switch (kind) {
    case 'SUSPENDED':
    case 'BANNED':
      return until === null
        ? `Your account was suspended for good${why}: you can read, but not write.`
        : `Your account is suspended until ${at(until)}${why}: you can read, but not write.`;
    case 'PREMODERATED':
      return `Your comments wait for a moderator${until === null ? '' : ` until ${at(until)}`}${why}.`;
    case 'SUSPENSION_LIFTED':
      return 'The suspension of your account has ended: you can write again.';
    case 'PREMODERATION_LIFTED':
      return 'Your comments no longer wait for a moderator.';
    case 'REMOVED_SINCE':
      return `Moderators have removed what you have written${since === null ? '' : ` since ${at(since)}`}${why}.`;
    default:
      return 'Moderators have decided about your account.';
  }
}

/** Without the moderator's note, which is for the person alone: a mail stays where it is. */
const sentence: MailSentence = {
  facts: `(SELECT jsonb_build_object('kind', d.kind, 'reason', d.reason, 'until', d.until, 'since', d.since)
    FROM ${row.from} WHERE ${row.where})`,
  of: (facts) => sentenceOf(facts as DecisionFacts),
};

const ofAccount = { mail: 'AT_ONCE', about: 'ACCOUNT' } as const;
const ofDecision = {
  ...ofAccount,
  listedWhile: 'the decision stands',
  shown: { ...row, if: 'd.undone_at IS NULL' },
  sentence,
} as const;

/** What accounts are told about decisions on themselves. */
export const decisionNotifications = {
  ACCOUNT_SUSPENDED: {
    ...ofDecision,
    describe: 'The viewer’s account was suspended or banned: `decision` says why, and until when.',
    title: 'Suspensions of your account',
    phrase: ['your account was suspended', 'suspensions of your account'],
  },
  ACCOUNT_PREMODERATED: {
    ...ofDecision,
    describe: 'Comments of the viewer wait for a moderator from now on: `decision` says why, and until when.',
    title: 'Decisions that your comments wait for a moderator',
    phrase: [
      'your comments wait for a moderator from now on',
      'decisions that your comments wait for a moderator',
    ],
  },
  SANCTION_LIFTED: {
    ...ofDecision,
    describe:
      'A suspension of the viewer’s account ended before its time, or the viewer’s comments no longer wait: `decision` says which.',
    title: 'The end of such decisions before their time',
    phrase: ['a decision about your account has ended', 'decisions about your account have ended'],
  },
  COMMENTS_REMOVED: {
    ...ofDecision,
    describe:
      'Moderators have removed everything that the viewer has written since a time: `decision` says since when, and why.',
    title: 'Removals of everything that you have written since a time',
    phrase: ['moderators have removed comments of yours', 'removals of comments of yours'],
  },
  APPEAL_ANSWERED: {
    ...ofAccount,
    describe:
      'A moderator has answered the viewer’s appeal against `decision`; `Viewer.decisions` has the answer.',
    title: 'Answers to your appeals',
    phrase: ['your appeal was answered', 'answers to appeals of yours'],
    listedWhile: 'it is kept',
    shown: { ...row, if: 'true' },
  },
} satisfies NotificationDeclarations;
