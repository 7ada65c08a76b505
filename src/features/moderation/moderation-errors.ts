import { defineErrors } from '../../platform/errors/errors.ts';

declare module '../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly ALREADY_DECIDED: true;
    readonly CLAIMED: true;
    readonly ALREADY_APPEALED: true;
    readonly DECISION_NOT_UNDOABLE: true;
  }
}

/** Refusals of commands on moderation. */
export const moderationErrors = defineErrors({
  ALREADY_DECIDED: {
    describe: 'The comment does not wait any more: somebody has decided, or its author has taken it back.',
    when: 'The comment is not in the moderators’ queue any more: another moderator has decided about it, or its author took it back. For service accounts also: a decision about this text was undone.',
    react: 'Take it off the page.',
  },
  CLAIMED: {
    describe: 'Another moderator works on it.',
    when: 'Another moderator works on the comment; `ModerationItem.claimedUntil` says until when.',
    react: 'Go on to the next one.',
  },
  ALREADY_APPEALED: {
    describe: 'You have appealed against this decision already.',
    when: 'There is an appeal against this decision.',
    react: 'Wait for the answer: `DecisionNotice.appeal`.',
  },
  DECISION_NOT_UNDOABLE: {
    describe: 'The decision can not be undone any more; `message` says why.',
    when: 'The decision was undone, a later one replaces it, or the comment has changed since; `message` says which.',
    react: 'Decide anew.',
  },
});
