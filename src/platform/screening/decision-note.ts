import { requireText } from '../text/rules.ts';
import type { WrittenText } from '../text/written-text.ts';

/** Most characters of what a moderator adds to a decision for the person that it is about. */
export const maxNoteLength = 500;

/** What moderators say to the person that a decision is about. */
export const decisionNote: WrittenText = { form: 'TEXT', max: maxNoteLength, screening: 'NONE' };

/**
 * A moderator's note in the form in which it is stored; null: none is given.
 * @param field the field of the input that has it
 * @throws Refusal TOO_LONG, EMPTY_TEXT
 */
export const keptNote = (note: string | null | undefined, field: string): string | null =>
  note == null ? null : requireText(note, { field, max: maxNoteLength });
