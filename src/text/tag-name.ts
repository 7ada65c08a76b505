import { normaliseLine } from './plain.ts';

/** The longest name of a tag, in characters (Unicode code points). */
export const maxTagLength = 60;

/**
 * The form in which a tag's name is kept and looked up: one line in NFC and in small letters, without the `#` that it is
 * shown with. Empty when nothing remains; it may be longer than a tag can be.
 */
export function normaliseTagName(name: string): string {
  // Small letters can be longer and no longer NFC (U+0130), hence once more.
  return normaliseLine(
    normaliseLine(name)
      .replace(/^[#\s]+/u, '')
      .toLowerCase(),
  );
}

/**
 * What to look a tag up by. No tag has a name that is longer, so that a huge one costs nothing.
 * @returns undefined for what can be no tag's name
 */
export function tagNameToFind(name: string): string | undefined {
  if (name.length > 8 * maxTagLength) return undefined;
  const found = normaliseTagName(name);
  return found === '' || [...found].length > maxTagLength ? undefined : found;
}
