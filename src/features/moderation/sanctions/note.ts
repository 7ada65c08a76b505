import { maxNoteLength } from '../../../platform/screening/decision-note.ts';
import { requireText } from '../../../platform/text/rules.ts';

/**
 * What a moderator adds to a decision for the person, in the form in which it is stored; null: nothing.
 * @throws Refusal TOO_LONG, EMPTY_TEXT
 */
export const keptNote = (note: string | null | undefined): string | null =>
  note == null ? null : requireText(note, { field: 'note', max: maxNoteLength });
