import { Refusal } from '../../../platform/errors/errors.ts';
import { currencies, type CurrencyCode, currencyCodes, isCurrencyCode } from './currency.ts';

/** An amount of money. Never a float: sums are exact. */
export interface Money {
  /** In the smallest unit of the currency: 1234 is 12.34 EUR, 1234 JPY, and 1.234 KWD. */
  readonly minorUnits: bigint;
  readonly currency: CurrencyCode;
}

/** The least and the largest amount for one purpose, both included. */
export interface MoneyBounds {
  readonly least: bigint;
  readonly most: bigint;
}

/** The provider takes charges of at most eight digits, whatever the currency. */
const largestCharge = 99_999_999n;

/** Largest pledge and largest goal as multiples of the least pledge, which is worth about one euro. */
const [pledgeMultiple, goalMultiple] = [100_000n, 10_000_000n];

/** The most that the columns of a pledge and of a goal hold: the sum of nine million such pledges is still a `bigint`. */
export const [maxPledgeColumn, maxGoalColumn] = [10n ** 12n, 10n ** 13n];

/**
 * Amounts that can be charged are multiples of this number of minor units: in currencies of three digits, the provider
 * demands that the last one is 0.
 */
export const chargeStep = (currency: CurrencyCode): bigint => (currencies[currency].digits === 3 ? 10n : 1n);

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * Bounds of one pledge: worth about 1 to 100,000 euros, and nowhere more than can be charged. The provider's least charge
 * is lower in every currency. A pledge outside of what can be charged would count towards a goal and never be collected.
 */
export function pledgeBounds(currency: CurrencyCode): MoneyBounds {
  const { least } = currencies[currency];
  const step = chargeStep(currency);
  return { least, most: smaller(least * pledgeMultiple, largestCharge - (largestCharge % step)) };
}

/** Bounds of a goal: from the least pledge to an amount worth about ten million euros. */
export function goalBounds(currency: CurrencyCode): MoneyBounds {
  const { least } = currencies[currency];
  return { least, most: smaller(least * goalMultiple, maxGoalColumn) };
}

/** @throws Refusal INVALID_INPUT for a code that is none of a supported currency */
export function requireCurrency(code: string, field: readonly string[]): CurrencyCode {
  if (isCurrencyCode(code)) return code;
  const message = `"${code.slice(0, 10)}" is none of the currencies ${currencyCodes.join(', ')}.`;
  throw new Refusal('INVALID_INPUT', field, message);
}

/**
 * Checks an amount that somebody entered.
 * @param field the path inside the mutation's `input`
 * @throws Refusal INVALID_INPUT for an amount outside its bounds, or one that cannot be charged
 */
export function requireAmount(money: Money, { least, most }: MoneyBounds, field: readonly string[]): Money {
  const { minorUnits, currency } = money;
  const show = (amount: bigint): string => formatMoney({ minorUnits: amount, currency });
  if (minorUnits < least || minorUnits > most) {
    const message = `The amount must be from ${show(least)} to ${show(most)}, and is ${show(minorUnits)}.`;
    throw new Refusal('INVALID_INPUT', field, message);
  }
  requireStep(money, field);
  return money;
}

/** @throws Refusal INVALID_INPUT for an amount that the provider can neither charge nor pay out */
export function requireStep({ minorUnits, currency }: Money, field: readonly string[]): void {
  const step = chargeStep(currency);
  if (minorUnits % step === 0n) return;
  const show = (amount: bigint): string => formatMoney({ minorUnits: amount, currency });
  const message = `The amount must be a multiple of ${show(step)}, and is ${show(minorUnits)}.`;
  throw new Refusal('INVALID_INPUT', field, message);
}

/** What of an amount can be paid out: in currencies of three digits all but the last one. */
export const payable = ({ minorUnits, currency }: Money): bigint =>
  minorUnits - (minorUnits % chargeStep(currency));

const formats = new Map<CurrencyCode, Intl.NumberFormat>();

function formatOf(currency: CurrencyCode): Intl.NumberFormat {
  const { digits } = currencies[currency];
  const format =
    formats.get(currency) ??
    new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  formats.set(currency, format);
  return format;
}

/** The amount in major units, as a decimal number with all digits of its currency: `-12.34`, `1234`, `1.234`. */
export function majorUnits({ minorUnits, currency }: Money): `${number}` {
  const { digits } = currencies[currency];
  const text = String(minorUnits < 0n ? -minorUnits : minorUnits).padStart(digits + 1, '0');
  const [whole, fraction] = [text.slice(0, text.length - digits), text.slice(text.length - digits)];
  return `${minorUnits < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${fraction}`}` as `${number}`;
}

/** An amount for the messages of the API, which are in English: `€12.34`, `¥1,234`, `KWD 1.234`. Exact. */
export const formatMoney = (money: Money): string => formatOf(money.currency).format(majorUnits(money));
