import type { ModerationReason } from '../graphql/generated/graphql.ts';

/** The texts that all pages of moderation share; they are loaded on demand. Each page has its own beside these. */
export const moderationTexts = {
  title: 'Moderation',
  notYours: 'Only moderators, editors and administrators see what waits.',
  queue: 'Queue',
  people: 'People',
  words: 'Words',
  settings: 'Settings',
  log: 'Log',
  appeals: 'Appeals',

  reasons: {
    SPAM: 'Spam',
    ABUSE: 'Abuse',
    HATE: 'Hate',
    VIOLENCE: 'Violence',
    SEXUAL: 'Sexual content',
    PERSONAL_DATA: 'Personal data',
    ILLEGAL: 'Illegal',
    MISLEADING: 'Misleading',
    OFF_TOPIC: 'Off topic',
    OTHER: 'Other',
  } satisfies Record<ModerationReason, string>,
};
