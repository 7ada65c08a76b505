/**
 * Reads a value that survives a reload; without storage, callers keep values for the life of the page.
 * @param isWhole validates the value: other builds, extensions and people write to the storage too. Invalid values
 * count as absent.
 */
export function readStored<T>(key: string, isWhole: (value: unknown) => value is T): T | undefined {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? 'null') as unknown;
    return isWhole(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param value undefined deletes the key
 * @returns whether the change was stored
 */
export function writeStored(key: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
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
