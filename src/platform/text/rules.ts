import { Refusal } from '../errors/errors.ts';
import { renderInTurns, type Rendered } from './markdown.ts';
import { type Profile, TextOverflow } from './markdown-parser.ts';
import { isVisible, normaliseLine, normalPieces, normaliseText } from './plain.ts';
import { inTurns } from '../fairness/computations.ts';

/** The bounds of one text of an input. */
export interface TextRule {
  /** The path inside the mutation's `input`, for the error. */
  readonly field: string;
  /** In characters (Unicode code points) of the normalised text. */
  readonly max: number;
}

/**
 * The longest text that is normalised at all, in UTF-16 code units, because normalising takes time. A text may be longer as it is
 * sent than as it is stored: marks are joined to their letters, and white space is left out. A longer one could not become short
 * enough.
 * @param max in characters of the stored form
 */
export const longestSent = (max: number): number => 4 * max + 1000;

/** Number of Unicode code points: code units without the second halves of pairs. */
function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count += 1;
  return count;
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
  if (text.length > longestSent(max)) return { fault: 'TOO_LONG' };
  const kept = normalise(text);
  if (countCharacters(kept) > max) return { fault: 'TOO_LONG' };
  return isVisible(kept) ? { text: kept } : { fault: 'EMPTY_TEXT' };
}

/** Texts beyond this length, in characters, are normalised in turns with other work. */
const longText = 10_000;

/** `keepText` for a text of several lines that may be long, in turns with other work. */
export async function keepLongText(text: string, max: number): ReturnType<typeof keepLong> {
  return text.length <= longText ? keepText(text, max, normaliseText) : keepLong(text, max);
}

const keepLong = (text: string, max: number) => inTurns(keepSteps(text, max));

function* keepSteps(text: string, max: number): Generator<void, ReturnType<typeof keepText>> {
  if (text.length > longestSent(max)) return { fault: 'TOO_LONG' };
  let kept = '';
  let hasVisible = false;
  for (const piece of normalPieces(text)) {
    kept += piece;
    hasVisible ||= isVisible(piece);
    yield;
  }
  kept = kept.trim();
  if (countCharacters(kept) > max) return { fault: 'TOO_LONG' };
  return hasVisible ? { text: kept } : { fault: 'EMPTY_TEXT' };
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
