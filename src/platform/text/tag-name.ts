import { withoutDirections } from './direction.ts';
import { normaliseLine } from './plain.ts';

/** The longest name of a tag, in characters (Unicode code points). */
export const maxTagLength = 60;

/**
 * The form in which a tag's name is stored and looked up: one line in NFC and in lower case, without the `#` with which
 * it is displayed, and without marks of direction: two tags never differ in what nobody sees. Empty when nothing remains; may be longer than a tag's name can be.
 */
export function normaliseTagName(name: string): string {
  // Lower-casing can lengthen a text and undo NFC (U+0130), so the result is normalised again.
  return normaliseLine(
    withoutDirections(normaliseLine(name))
      .replace(/^[#\s]+/u, '')
      .toLowerCase(),
  );
}

/**
 * The name by which a tag is looked up. Longer names than a tag can have are rejected early, so that a huge one costs
 * nothing.
 * @returns undefined for a text that cannot be a tag's name
 */
export function tagNameToFind(name: string): string | undefined {
  if (name.length > 8 * maxTagLength) return undefined;
  const found = normaliseTagName(name);
  return found === '' || [...found].length > maxTagLength ? undefined : found;
}
