import { defineErrors } from '../../platform/errors/errors.ts';

declare module '../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly SLOW_MODE: true;
    readonly TEXT_REFUSED: true;
  }
}

/** Refusals of commands on the screening of texts. */
export const screeningErrors = defineErrors({
  SLOW_MODE: {
    describe:
      'The article is in slow mode, and your last comment on it is too recent: `retryAt` says until when.',
    when: 'The article is in [slow mode](moderation.md#before-a-comment-is-public), and the account has sent another comment on it within `Article.slowModeSeconds`, while slow mode was on.',
    react: 'Wait until `retryAt`, and send it again.',
  },
  TEXT_REFUSED: {
    describe: 'The text contains words that are not accepted here; `message` names them.',
    when: 'The text has words that this site [does not accept](moderation.md#words); `message` names them.',
    react: 'Change the text.',
  },
});
