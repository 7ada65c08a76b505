/** A wrong command line; the message names the fault. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1_000_000))
    throw new UsageError(`--${name} takes a number above 0, not ${text}`);
  return value;
}

/** @throws UsageError */
export function whole(name: string, text: string): number {
  const value = positive(name, text);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} takes a whole number, not ${text}`);
  return value;
}
