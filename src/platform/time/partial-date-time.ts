/** How much of a time is known. */
export type Precision = 'YEAR' | 'MONTH' | 'DAY' | 'INSTANT';

/**
 * A time with the precision to which it is known: an instant, a day, a month or a year (ISO 8601 reduced precision, in
 * UTC). `at` is the beginning of the period; it serves to sort, and its digits beyond `precision` mean nothing.
 */
export interface PartialDateTime {
  readonly at: Date;
  readonly precision: Precision;
}

const pattern =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[Tt]((?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,9})?)([Zz]|[+-]\d{2}:\d{2}))?)?)?$/;

/**
 * Parses `2015`, `2015-07`, `2015-07-25` or an RFC 3339 instant.
 * @returns undefined for anything else, including dates that do not exist (2015-02-30)
 */
export function parsePartialDateTime(text: string): PartialDateTime | undefined {
  const [whole, year, month, day, time, zone] = pattern.exec(text) ?? [];
  if (whole === undefined || year === undefined || year === '0000') return undefined;
  const date = `${year}-${month ?? '01'}-${day ?? '01'}`;
  const midnight = new Date(`${date}T00:00:00Z`);
  // Date turns 30 February into a day of March; the comparison detects that.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return undefined;
  if (time === undefined || zone === undefined) {
    return { at: midnight, precision: day !== undefined ? 'DAY' : month !== undefined ? 'MONTH' : 'YEAR' };
  }
  const at = new Date(`${date}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(at.getTime())) return undefined;
  // An offset can move an instant out of the years that four digits can express.
  return at.getUTCFullYear() >= 1 && at.getUTCFullYear() <= 9999 ? { at, precision: 'INSTANT' } : undefined;
}

const lengths: Readonly<Record<Precision, number>> = { YEAR: 4, MONTH: 7, DAY: 10, INSTANT: 24 };

/** Formats a time with the known digits only. */
export function formatPartialDateTime({ at, precision }: PartialDateTime): string {
  return at.toISOString().slice(0, lengths[precision]);
}
