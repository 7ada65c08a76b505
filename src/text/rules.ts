import { Refusal } from '../errors.ts';
import { isVisible, normaliseLine, normaliseText } from './plain.ts';

/** The bounds of one text of an input. */
export interface TextRule {
  /** The path inside the mutation's `input`, for the error. */
  readonly field: string;
  /** In characters (Unicode code points) of the normalised text. */
  readonly max: number;
}

/** Refuses at once what can't become short enough: normalising takes time. */
function bounded(text: string, { field, max }: TextRule): string {
  if (text.length <= 4 * max + 1000) return text;
  throw new Refusal('TOO_LONG', [field], `The text is longer than ${max} characters.`);
}

function check(text: string, { field, max }: TextRule): string {
  // Code units first: counting the points of a huge text would be work for nothing.
  if (text.length > 2 * max || [...text].length > max) {
    throw new Refusal('TOO_LONG', [field], `The text is longer than ${max} characters.`);
  }
  if (!isVisible(text)) throw new Refusal('EMPTY_TEXT', [field]);
  return text;
}

/**
 * A text of several lines in the form in which it is kept.
 * @throws Refusal TOO_LONG or EMPTY_TEXT
 */
export function requireText(text: string, rule: TextRule): string {
  return check(normaliseText(bounded(text, rule)), rule);
}

/** As `requireText`, for one line: a name, a title. */
export function requireLine(text: string, rule: TextRule): string {
  return check(normaliseLine(bounded(text, rule)), rule);
}
