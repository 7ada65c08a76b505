/**
 * What stays in this browser over a reload; where it can't be stored, it lasts as long as the page.
 * @param isWhole other builds, extensions and hands write there too: what does not look as it should is as good as none
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
 * @param value undefined removes it
 * @returns whether it is stored
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

/** The keys that begin like this. */
export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** Whether it is an object whose fields of these names are texts. */
export function hasTexts<TName extends string>(
  value: unknown,
  names: readonly TName[],
): value is Record<TName, string> {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string');
}

export const isText = (value: unknown): value is string => typeof value === 'string';
