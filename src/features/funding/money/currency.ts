/** A currency in which campaigns collect money. */
export interface Currency {
  /** Digits behind the decimal point (ISO 4217): a major unit has 10 to this power minor units. */
  readonly digits: 0 | 2 | 3;
  /** The least pledge in minor units: a round amount worth about one euro. */
  readonly least: bigint;
}

/** @param majorUnits a whole number of major units, or a fraction with few digits such as 0.5 */
const of = (digits: Currency['digits'], majorUnits: number): Currency => ({
  digits,
  least: BigInt(majorUnits * 10 ** digits),
});

/**
 * Currencies by ISO 4217 code. Left out are those that the provider counts in other units than ISO 4217 (ISK, MGA, UGX),
 * those that it pays out in coarser units than it collects (HUF, TWD), and those in which its largest charge, eight digits
 * of minor units, is worth a few hundred euros (such as COP, IDR and TZS).
 * @see https://docs.stripe.com/currencies
 */
const table = {
  AED: of(2, 5),
  AUD: of(2, 2),
  BAM: of(2, 2),
  BHD: of(3, 0.5),
  BRL: of(2, 5),
  CAD: of(2, 2),
  CHF: of(2, 1),
  CLP: of(0, 1000),
  CZK: of(2, 25),
  DKK: of(2, 10),
  EUR: of(2, 1),
  GBP: of(2, 1),
  GEL: of(2, 5),
  HKD: of(2, 10),
  ILS: of(2, 5),
  INR: of(2, 100),
  JOD: of(3, 1),
  JPY: of(0, 100),
  KES: of(2, 100),
  KRW: of(0, 1000),
  KWD: of(3, 0.5),
  MAD: of(2, 10),
  MDL: of(2, 20),
  MKD: of(2, 50),
  MXN: of(2, 20),
  MYR: of(2, 5),
  NOK: of(2, 10),
  NZD: of(2, 2),
  OMR: of(3, 0.5),
  PEN: of(2, 5),
  PHP: of(2, 50),
  PLN: of(2, 5),
  PYG: of(0, 10_000),
  QAR: of(2, 5),
  RON: of(2, 5),
  RSD: of(2, 100),
  SAR: of(2, 5),
  SEK: of(2, 10),
  SGD: of(2, 2),
  THB: of(2, 50),
  TND: of(3, 5),
  TRY: of(2, 50),
  UAH: of(2, 50),
  USD: of(2, 1),
  UYU: of(2, 50),
  VND: of(0, 20_000),
  XAF: of(0, 500),
  XOF: of(0, 500),
  ZAR: of(2, 20),
} as const satisfies Readonly<Record<string, Currency>>;

/** ISO 4217 code of a supported currency. */
export type CurrencyCode = keyof typeof table;

export const currencies: Readonly<Record<CurrencyCode, Currency>> = table;

/** Codes of all supported currencies, in alphabetical order. */
export const currencyCodes = Object.keys(table).sort() as readonly CurrencyCode[];

/** Whether campaigns may be in the currency of this code, which is in capitals. */
export const isCurrencyCode = (code: string): code is CurrencyCode => Object.hasOwn(table, code);
