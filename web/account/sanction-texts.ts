import type { ModerationReason } from '../graphql/generated/graphql.ts';

/** What moderators say of an account, and why; loaded on demand. */
export const sanctionTexts: {
  readonly suspendedUntil: (time: string) => string;
  readonly until: (time: string) => string;
  readonly reasons: Readonly<Record<ModerationReason, string>>;
} = {
  suspendedUntil: (time) => `Your account is suspended until ${time}: you can read, but not write.`,
  until: (time) => `Until ${time}`,
  reasons: {
    SPAM: 'The reason: advertising, or the same text again and again.',
    ABUSE: 'The reason: insults or harassment.',
    HATE: 'The reason: attacks on people for what they are.',
    VIOLENCE: 'The reason: threats, or calls for violence.',
    SEXUAL: 'The reason: sexual content.',
    PERSONAL_DATA: 'The reason: private data of somebody.',
    ILLEGAL: 'The reason: content that breaks the law.',
    MISLEADING: 'The reason: misleading content.',
    OFF_TOPIC: 'The reason: content that is about something else.',
    OTHER: 'The reason is none of the usual ones.',
  },
};
