import { Refusal } from '../errors/errors.ts';
import { renderInTurns, type Rendered } from './markdown.ts';
import { type Profile, TextOverflow } from './markdown-parser.ts';
import { isVisible, normaliseLine, normaliseText } from './plain.ts';

/** The bounds of one text of an input. */
export interface TextRule {
  /** The path inside the mutation's `input`, for the error. */
  readonly field: string;
  /** In characters (Unicode code points) of the normalised text. */
  readonly max: number;
}

/** Fault of a text. */
export type TextFault = 'TOO_LONG' | 'EMPTY_TEXT';

/**
 * A text in the form in which it is stored, or its fault.
 * @param max in characters (Unicode code points) of that form
 */
export function keepText(
  text: string,
  max: number,
  normalise: (text: string) => string,
): { readonly text: string } | { readonly fault: TextFault } {
  // A text that cannot become short enough is refused at once, because normalising takes time.
  if (text.length > 4 * max + 1000) return { fault: 'TOO_LONG' };
  const kept = normalise(text);
  // Code units first, so that the code points of a huge text are not counted.
  if (kept.length > 2 * max || [...kept].length > max) return { fault: 'TOO_LONG' };
  return isVisible(kept) ? { text: kept } : { fault: 'EMPTY_TEXT' };
}

function require(text: string, { field, max }: TextRule, normalise: (text: string) => string): string {
  const kept = keepText(text, max, normalise);
  if ('text' in kept) return kept.text;
  if (kept.fault === 'EMPTY_TEXT') throw new Refusal('EMPTY_TEXT', [field]);
  throw new Refusal('TOO_LONG', [field], `The text is longer than ${max} characters.`);
}

/**
 * A text of several lines in the form in which it is stored.
 * @throws Refusal TOO_LONG or EMPTY_TEXT
 */
export function requireText(text: string, rule: TextRule): string {
  return require(text, rule, normaliseText);
}

/** As `requireText`, for one line: a name, a title. */
export function requireLine(text: string, rule: TextRule): string {
  return require(text, rule, normaliseLine);
}

/**
 * Renders a Markdown text.
 * @param markdown in the form in which it is stored
 * @throws Refusal TOO_LONG for a text that takes too long to render, or whose HTML becomes too long
 */
export async function requireRendered(
  markdown: string,
  { field, profile }: { readonly field: string; readonly profile: Profile },
): Promise<Rendered> {
  try {
    return await renderInTurns(markdown, profile);
  } catch (error) {
    if (!(error instanceof TextOverflow)) throw error;
    throw new Refusal('TOO_LONG', [field], `The text ${error.message}.`);
  }
}
