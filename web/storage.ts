/** Where a value is stored; in a function, because the platform throws where storage is forbidden. */
type Place = () => Storage;

const inBrowser: Place = () => localStorage;

/** The storage of this tab, which other tabs do not see, and which ends with it. */
export const inTab: Place = () => sessionStorage;

/**
 * Reads a value that survives a reload; without storage, callers keep values for the life of the page.
 * @param isWhole validates the value: other builds, extensions and people write to the storage too. Invalid values
 * count as absent.
 */
export function readStored<T>(
  key: string,
  isWhole: (value: unknown) => value is T,
  place = inBrowser,
): T | undefined {
  try {
    const value = JSON.parse(place().getItem(key) ?? 'null') as unknown;
    return isWhole(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param value undefined deletes the key
 * @returns whether the change was stored
 */
export function writeStored(key: string, value: unknown, place = inBrowser): boolean {
  try {
    if (value === undefined) place().removeItem(key);
    else place().setItem(key, JSON.stringify(value));
    return true;
  } catch {
    // Storage is full or forbidden.
    return false;
  }
}

/** The keys with this prefix. */
export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** Whether the value is an object whose named fields are strings. */
export function hasTexts<TName extends string>(
  value: unknown,
  names: readonly TName[],
): value is Record<TName, string> {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string');
}

export const isText = (value: unknown): value is string => typeof value === 'string';
