import { defineErrors } from '../../platform/errors/errors.ts';

declare module '../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly COMMENTS_CLOSED: true;
    readonly PARENT_REMOVED: true;
    readonly NESTED_TOO_DEEP: true;
    readonly COMMENT_REMOVED: true;
    readonly EDIT_WINDOW_OVER: true;
  }
}

/** Refusals of commands on comments. */
export const commentErrors = defineErrors({
  COMMENTS_CLOSED: {
    describe: 'The article accepts no comments.',
    when: 'The article accepts no comments.',
    react: 'Query `viewerCanComment` first.',
  },
  PARENT_REMOVED: {
    describe: 'The comment replied to was removed.',
    when: 'The parent comment was removed, perhaps at the same moment.',
    react: 'Reply to another comment.',
  },
  NESTED_TOO_DEEP: {
    describe: 'A reply here would be nested too deep; reply to a comment further up.',
    when: 'A reply here would nest deeper than `MAX_COMMENT_DEPTH`.',
    react: 'Reply to a comment further up.',
  },
  COMMENT_REMOVED: {
    describe: 'The comment was removed.',
    when: 'The comment was removed, or [reports](moderation.md#reports) have taken it back: it cannot be changed, and a repeated idempotency key does not restore it.',
    react: 'Query again.',
  },
  EDIT_WINDOW_OVER: {
    describe: 'The time in which a comment can be edited is over.',
    when: 'The time during which the comment could be edited (`EDIT_WINDOW_SECONDS`) is over.',
    react: 'Show `viewerEditableUntil`.',
  },
});
