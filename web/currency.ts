/*
 * Currencies whose amounts have another number of digits behind the point than two (ISO 4217), among those in which
 * campaigns can be. Browsers know such digits as well, but some follow national habits in place of the standard.
 */
const otherDigits: Readonly<Record<string, 0 | 3>> = {
  BHD: 3,
  CLP: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  OMR: 3,
  PYG: 0,
  TND: 3,
  VND: 0,
  XAF: 0,
  XOF: 0,
};

/** Whether a text has the form of a currency's code, as one that is being typed may not have yet. */
export const isCurrencyCode = (text: string): boolean => /^[A-Z]{3}$/.test(text);

/** The number of digits behind the point of amounts in this currency. */
export const digitsOf = (currency: string): 0 | 2 | 3 => otherDigits[currency] ?? 2;

/** An amount as the API has it. */
export interface Money {
  /** A whole number in the smallest unit of the currency. */
  readonly minorUnits: string;
  readonly currency: string;
}

/** The amount in major units, as a decimal number with all digits of its currency: `-12.34`, `1234`, `1.234`. */
export function majorUnits({ minorUnits, currency }: Money): `${number}` {
  const digits = digitsOf(currency);
  const [sign, text] = minorUnits.startsWith('-') ? ['-', minorUnits.slice(1)] : ['', minorUnits];
  const padded = text.padStart(digits + 1, '0');
  const at = padded.length - digits;
  return `${sign}${padded.slice(0, at)}${digits === 0 ? '' : `.${padded.slice(at)}`}` as `${number}`;
}
