import { isolated } from '../../src/platform/text/direction.ts';
import { formatCount } from '../format.ts';
import type { DecisionKind, ModerationReason } from '../graphql/generated/graphql.ts';

/** Texts about reports, removals, what waits for a moderator, and appeals; loaded on demand. */
export const decisionTexts = {
  // Reasons, as the person sees them who has to choose one.
  reasons: {
    SPAM: 'Advertising, or the same text again and again',
    ABUSE: 'Insults or harasses somebody',
    HATE: 'Attacks people for what they are',
    VIOLENCE: 'Threatens, or calls for violence',
    SEXUAL: 'Is sexual where it should not be',
    PERSONAL_DATA: 'Tells private data of somebody',
    ILLEGAL: 'Breaks the law',
    MISLEADING: 'Misleads, or pretends to be somebody else’s',
    OFF_TOPIC: 'Is about something else',
    OTHER: 'Something else',
  } satisfies Record<ModerationReason, string>,
  chooseReason: 'Choose a reason.',

  reportLegend: 'What is wrong with this comment?',
  reportNote: 'What should the moderators know? (optional)',
  reportNoteHint: 'At most 500 characters. Moderators see who reports, the comment’s author does not.',
  report: 'Report',
  reporting: 'Reporting …',
  reported: 'Reported; a moderator will look.',
  reportedBefore: 'You have reported this comment; a moderator will look, or has done so.',
  notReportable: 'This comment can not be reported now.',
  close: 'Close',

  removeLegend: 'Why is this comment removed?',
  removeNote: 'Note to the author (optional)',
  removeNoteHint: 'At most 500 characters. The author sees reason and note, and not who has decided.',
  removing: 'Removing …',
  removedHere: (name: string | null) =>
    `You have removed a comment by ${isolated(name ?? 'somebody without a name')}.`,
  undo: 'Undo',
  undoing: 'Undoing …',

  waits: 'A moderator reads this first. Until then, only you and moderators see it.',
  isAsked: 'A program of this site looks at this first. Until then, only you and moderators see it.',
  takenBackList: 'Hidden for the moment',
  takenBackHint:
    'Readers have reported these comments, or a moderator looks at them again. They are public again, or removed, once that is decided.',
  takenBack: 'Hidden for the moment',
  allComments: 'All of your comments',
  moreTakenBack: 'More hidden comments',
  heldEdits: {
    PENDING: 'This new text waits for a moderator. Readers see the one above.',
    REJECTED: 'This new text was not let through. Readers see the one above.',
  },
  /** By phase. One that is not here is one of a later version of the service. */
  phases: {
    PERSON: 'All of your comments are read first at the moment.',
    WORDS: 'Its wording is looked at first.',
    LINKS: 'Its links are looked at first.',
    REPEATED_TEXT: 'You have sent the same text before.',
    FIRST_COMMENTS: 'The first comments of an account are read first.',
    POLICY: 'Every comment here is read first.',
    HOOK: 'A program of this site looks at it first.',
  } as Readonly<Record<string, string | undefined>>,

  decisions: {
    APPROVED: 'Your comment was let through.',
    BANNED: 'Your account may not write any more.',
    EDIT_APPROVED: 'The new text of your comment was let through.',
    EDIT_REJECTED: 'A moderator has not let the new text of this comment through.',
    KEPT: 'Your comment stays.',
    PREMODERATED: 'Your comments wait for a moderator first.',
    PREMODERATION_LIFTED: 'Your comments no longer wait for a moderator first.',
    REJECTED: 'A moderator has not let this comment through.',
    REMOVED: 'A moderator has removed this comment.',
    REMOVED_SINCE: 'Moderators have removed all that you have written since a time.',
    RESTORED: 'Your comment is back.',
    SUSPENDED: 'Your account was suspended.',
    SUSPENSION_LIFTED: 'Your account may write again.',
  } satisfies Record<DecisionKind, string>,
  /** Where no person has decided. */
  decisionsByProgram: {
    EDIT_REJECTED: 'A program of this site has not let the new text of this comment through.',
    REJECTED: 'A program of this site has not let this comment through.',
    REMOVED: 'A program of this site has removed this comment.',
  } as Readonly<Partial<Record<DecisionKind, string>>>,
  decidedText: 'Your text',
  undone: 'This was undone.',
  note: (note: string) => `The note: “${isolated(note)}”`,
  answer: (answer: string) => `The answer: “${isolated(answer)}”`,

  appeal: 'Appeal',
  appealLabel: 'Why is this decision wrong?',
  appealHint:
    'One text of at most 2,000 characters, which can not be changed. A moderator who has not decided this answers it.',
  sendAppeal: 'Send the appeal',
  sendingAppeal: 'Sending …',
  appealOpen: (day: string) => `You have appealed on ${day}. Another moderator will answer.`,
  appealOutcomes: {
    UPHELD: 'Your appeal was answered: the decision stands.',
    OVERTURNED: 'Your appeal was answered: the decision was undone.',
  },
  appealText: 'What you wrote',

  decisionList: 'What moderators have decided',
  moreDecisions: 'Earlier decisions',
  commentUnder: (title: string) => `Your comment under “${isolated(title)}”`,
  ownAccount: 'Your account',

  waiting: (count: number) => `${formatCount(count, 'comment waits', 'comments wait')} for a moderator`,
  toQueue: 'Open in the queue',
};
