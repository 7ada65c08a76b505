import type { TextAttempts } from '../../support/text-attempts.ts';

export const screeningTexts: TextAttempts = {
  addModerationWords: ({ moderator }) => ({ by: moderator, input: { words: [{}] } }),
};
