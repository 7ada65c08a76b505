import { digitsOf } from './currency.ts';

/** Why a text is not an amount; the names are those of the messages in `texts.amountFaults`. */
export type AmountFault =
  'empty' | 'notANumber' | 'noFraction' | 'tooManyDigits' | 'notPositive' | 'ambiguous';

export type ParsedAmount = { readonly minorUnits: bigint } | { readonly fault: AmountFault };

/** Longest text that is parsed: no amount that can be pledged is longer, separators included. */
const maxLength = 30;

/** Spaces, apostrophes and the like that people write between groups of three digits. */
const groupSpaces = /[\s'’_]/g;

const isGrouped = (whole: string, separator: string): boolean => {
  const [first = '', ...rest] = whole.split(separator);
  return /^\d{1,3}$/.test(first) && rest.every((group) => /^\d{3}$/.test(group));
};

/**
 * Reads an amount that a person has typed, in major units of a currency. Comma and point both separate the fraction, or
 * groups of three digits, as they do in different countries: where a text could mean both, it is refused rather than
 * guessed, because the two meanings differ a thousandfold. No number is a float on the way.
 */
export function parseAmount(typed: string, currency: string): ParsedAmount {
  const digits = digitsOf(currency);
  const withoutName = typed.replace(new RegExp(`^\\s*${currency}|${currency}\\s*$`, 'i'), '');
  const text = withoutName.replace(/^\s*\p{Sc}|\p{Sc}\s*$/u, '').trim();
  if (text === '') return { fault: 'empty' };
  if (/^[-−]/.test(text)) return { fault: 'notPositive' };
  const compact = text.replace(groupSpaces, '');
  if (compact.length > maxLength || !/^\d[\d.,]*$|^[.,]\d+$/.test(compact)) return { fault: 'notANumber' };
  const parts = partsOf(compact, digits);
  if ('fault' in parts) return parts;
  const { whole, fraction } = parts;
  if (fraction.length > digits) return { fault: digits === 0 ? 'noFraction' : 'tooManyDigits' };
  const minorUnits = BigInt(whole + fraction.padEnd(digits, '0'));
  return minorUnits === 0n ? { fault: 'notPositive' } : { minorUnits };
}

type Parts = { readonly whole: string; readonly fraction: string } | { readonly fault: AmountFault };

/** @param text of digits, commas and points */
function partsOf(text: string, digits: number): Parts {
  const separators = text.replace(/\d/g, '');
  const [last = ''] = separators.slice(-1);
  if (separators === '') return { whole: text, fraction: '' };
  const kinds = new Set(separators);
  const at = text.lastIndexOf(last);
  const [before, after] = [text.slice(0, at), text.slice(at + 1)];
  if (kinds.size === 2) {
    // 1,234.50 and 1.234,50: the last one separates the fraction.
    const [other = ''] = [...kinds].filter((kind) => kind !== last);
    if (before.includes(last) || !isGrouped(before, other)) return { fault: 'notANumber' };
    return { whole: before.replaceAll(other, ''), fraction: after };
  }
  if (separators.length > 1) {
    // 1,234,567: only groups are separated more than once.
    if (!isGrouped(text, last)) return { fault: 'notANumber' };
    return { whole: text.replaceAll(last, ''), fraction: '' };
  }
  // A single one before three digits, as in 1,234: a thousand. In currencies of three digits a comma may mean either, and
  // a point is that of the page's language.
  if (after.length === 3 && isGrouped(text, last) && before !== '0' && !(digits === 3 && last === '.')) {
    if (digits === 3) return { fault: 'ambiguous' };
    return { whole: before + after, fraction: '' };
  }
  return { whole: before === '' ? '0' : before, fraction: after };
}

/** How far a total is on the way to a goal, in thousandths, at most 1000: for meters. */
export function thousandths(total: bigint, goal: bigint): number {
  if (goal <= 0n || total <= 0n) return 0;
  return total >= goal ? 1000 : Number((total * 1000n) / goal);
}
