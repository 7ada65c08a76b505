/*
 * What the element keeps in the browser, under the origin of the page that embeds it. Where storage is forbidden, values live as
 * long as the page.
 */

type Place = () => Storage;

/** Shared by all tabs of the origin. */
export const inBrowser: Place = () => localStorage;

/** Of one tab. */
export const inTab: Place = () => sessionStorage;

const held = new Map<string, string>();

/** @param isWhole validates the value, which the embedding page may have written as well */
export function readKept<T>(
  key: string,
  isWhole: (value: unknown) => value is T,
  place: Place,
): T | undefined {
  let text = held.get(key);
  try {
    text = place().getItem(key) ?? text;
  } catch {
    // Storage is forbidden.
  }
  try {
    const value = JSON.parse(text ?? 'null') as unknown;
    return isWhole(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param value undefined deletes the key */
export function keep(key: string, value: unknown, place: Place): void {
  held.delete(key);
  try {
    if (value === undefined) place().removeItem(key);
    else place().setItem(key, JSON.stringify(value));
  } catch {
    if (value !== undefined) held.set(key, JSON.stringify(value));
  }
}

/** Whether a value is an object whose named members are texts. */
export const hasTexts = <Name extends string>(
  value: unknown,
  names: readonly Name[],
): value is Record<Name, string> =>
  typeof value === 'object' &&
  value !== null &&
  names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string');
