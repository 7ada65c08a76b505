import { formatNumber } from './format.ts';

/** An amount as the API has it: a whole number of the currency's smallest unit, in a string. */
export interface Amount {
  readonly minorUnits: string;
  readonly currency: string;
}

const formats = new Map<string, Intl.NumberFormat | undefined>();

/** Undefined for a code that is no currency, such as one that is being typed. */
function formatOf(currency: string): Intl.NumberFormat | undefined {
  if (!formats.has(currency)) {
    const isCode = /^[A-Z]{3}$/.test(currency);
    formats.set(currency, isCode ? new Intl.NumberFormat('en', { style: 'currency', currency }) : undefined);
  }
  return formats.get(currency);
}

/** Digits behind the point. */
const digitsOf = (currency: string): number =>
  formatOf(currency)?.resolvedOptions().maximumFractionDigits ?? 2;

/** The amount as a decimal number in major units with all digits of its currency: `12.34`, `1234`, `-1.234`. */
export function majorUnits({ minorUnits, currency }: Amount): string {
  const digits = digitsOf(currency);
  const [sign, text] = minorUnits.startsWith('-') ? ['-', minorUnits.slice(1)] : ['', minorUnits];
  const padded = text.padStart(digits + 1, '0');
  const whole = padded.slice(0, padded.length - digits);
  return sign + whole + (digits === 0 ? '' : `.${padded.slice(padded.length - digits)}`);
}

/** The amount with its currency, exact at any size: `€1,234.50`, `¥1,234`. */
export function formatMoney(amount: Amount): string {
  const major = majorUnits(amount) as `${number}`;
  return formatOf(amount.currency)?.format(major) ?? `${formatNumber(Number(major))} ${amount.currency}`;
}

/** Most digits of an amount in the API. */
const maxDigits = 15;

const grouped = /^\d{1,3}([.,' ])\d{3}(\1\d{3})*$/;

/**
 * Minor units of an amount that somebody has typed, with a point or a comma before the fraction and any of `.`, `,`, `'`
 * and spaces between thousands. `1,500` is 1500 where a currency has fewer than three digits behind the point.
 * @returns undefined if the text is no amount above zero, or has more digits behind the point than the currency
 */
export function parseAmount(text: string, currency: string): bigint | undefined {
  const digits = digitsOf(currency);
  const typed = text.trim().replace(/[\u00a0\u202f’]/g, (mark) => (mark === '’' ? "'" : ' '));
  const [, whole = '', fraction = ''] = new RegExp(
    String.raw`^(.*?)(?:[.,](\d{1,${Math.max(digits, 1)}}))?$`,
  ).exec(typed) ?? [undefined, typed];
  if (fraction.length > digits) return undefined;
  if (!/^\d+$/.test(whole) && !grouped.test(whole)) return undefined;
  const units = (whole.replace(/\D/g, '') + fraction.padEnd(digits, '0')).replace(/^0+/, '');
  return units === '' || units.length > maxDigits ? undefined : BigInt(units);
}
