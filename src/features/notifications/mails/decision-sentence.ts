import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import type { UnmailedRow } from './notification-mail.queries.ts';

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

/**
 * What a mail says of a moderators' decision about the account itself: what, why and until when. The moderator's note is not in
 * it, because it is for the person alone and a mail stays where it is.
 */
export function decisionSentence({
  kind,
  reason,
  until,
  since,
}: NonNullable<UnmailedRow['decision']>): string {
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
