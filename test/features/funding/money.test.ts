/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import 'reflect-metadata';
import { Refusal } from '../../../src/platform/errors/errors.ts';
import {
  currencies,
  type CurrencyCode,
  currencyCodes,
  isCurrencyCode,
} from '../../../src/features/funding/money/currency.ts';
import {
  chargeStep,
  formatMoney,
  goalBounds,
  majorUnits,
  maxGoalColumn,
  maxPledgeColumn,
  pledgeBounds,
  requireAmount,
  requireCurrency,
} from '../../../src/features/funding/money/money.ts';
import { CurrencyCodeScalar, MinorUnitsScalar } from '../../../src/platform/graphql/scalars.ts';
import { parseMinorUnits } from '../../../src/platform/text/minor-units.ts';

const numRuns = Number(process.env.FC_RUNS ?? 500);
const anyCurrency = fc.constantFrom(...currencyCodes);

/** The message of the refusal of a pledge; undefined if it is accepted. */
function refusalOf(minorUnits: bigint, currency: CurrencyCode): string | undefined {
  try {
    requireAmount({ minorUnits, currency }, pledgeBounds(currency), ['amount']);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['amount'] }]);
    return error.message;
  }
}

describe('minor units', () => {
  it('are parsed from their one form', () => {
    expect(parseMinorUnits('0')).toBe(0n);
    expect(parseMinorUnits('1234')).toBe(1234n);
    expect(parseMinorUnits('999999999999999')).toBe(999_999_999_999_999n);
  });

  it.each(['', '-1', '+1', '01', '00', '1.5', '1e3', '0x10', ' 1', '1\n', '1_000', '١', '1000000000000000'])(
    'are not parsed from %j',
    (text) => expect(parseMinorUnits(text)).toBeUndefined(),
  );

  it('are parsed from a text only if they have exactly this text', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9. ]{0,18}$/));
    const check = (text: string): void => {
      const parsed = parseMinorUnits(text);
      if (parsed !== undefined) expect(String(parsed)).toBe(text);
    };
    fc.assert(fc.property(texts, check), { numRuns });
    const amounts = fc.bigInt({ min: 0n, max: 10n ** 15n - 1n });
    fc.assert(
      fc.property(amounts, (amount) => expect(parseMinorUnits(String(amount))).toBe(amount)),
      { numRuns },
    );
  });
});

describe('the currencies', () => {
  it('have the digits of ISO 4217, as Intl knows them', () => {
    for (const code of currencyCodes) {
      const { maximumFractionDigits } = new Intl.NumberFormat('en', {
        style: 'currency',
        currency: code,
      }).resolvedOptions();
      expect([code, currencies[code].digits]).toEqual([code, maximumFractionDigits]);
    }
  });

  it('are some of each number of digits, without those that the provider treats specially', () => {
    expect(['JPY', 'KRW', 'EUR', 'GBP', 'USD', 'KWD', 'BHD', 'TND'].filter(isCurrencyCode)).toHaveLength(8);
    expect(['ISK', 'UGX', 'HUF', 'TWD', 'MGA', 'eur', 'toString', ''].filter(isCurrencyCode)).toEqual([]);
    expect(() => requireCurrency('ISK', ['currency'])).toThrow(/^"ISK" is none of the currencies AED, AUD, /);
    expect(requireCurrency('EUR', ['currency'])).toBe('EUR');
  });

  it('have bounds that can be charged, and that no column exceeds', () => {
    for (const code of currencyCodes) {
      const [pledge, goal] = [pledgeBounds(code), goalBounds(code)];
      expect(pledge.least > 0n && pledge.least < pledge.most && pledge.most < goal.most).toBe(true);
      expect(goal.least).toBe(pledge.least);
      // Eight digits are the provider's largest charge.
      expect(pledge.most <= 99_999_999n && pledge.most <= maxPledgeColumn).toBe(true);
      expect(goal.most <= maxGoalColumn).toBe(true);
      for (const bound of [pledge.least, pledge.most, goal.least]) expect(bound % chargeStep(code)).toBe(0n);
    }
    expect(maxPledgeColumn * 9_000_000n < 2n ** 63n).toBe(true);
  });
});

describe('a pledge', () => {
  it('of a currency with two digits is from 1.00 to 100,000.00', () => {
    expect(refusalOf(99n, 'EUR')).toBe('The amount must be from €1.00 to €100,000.00, and is €0.99.');
    expect(refusalOf(100n, 'EUR')).toBeUndefined();
    expect(refusalOf(10_000_000n, 'EUR')).toBeUndefined();
    expect(refusalOf(10_000_001n, 'EUR')).toMatch(/is €100,000\.01\.$/);
  });

  it('of a currency without digits is counted in major units', () => {
    expect(refusalOf(99n, 'JPY')).toBe('The amount must be from ¥100 to ¥10,000,000, and is ¥99.');
    expect(refusalOf(100n, 'JPY')).toBeUndefined();
    expect(refusalOf(10_000_000n, 'JPY')).toBeUndefined();
    // As many digits as the provider takes.
    expect(refusalOf(99_999_999n, 'KRW')).toBeUndefined();
    expect(refusalOf(100_000_000n, 'KRW')).toMatch(/to ₩99,999,999, and is ₩100,000,000\.$/);
  });

  it('of a currency with three digits is a multiple of ten minor units', () => {
    expect(refusalOf(500n, 'KWD')).toBeUndefined();
    expect(refusalOf(5124n, 'KWD')).toBe(
      'The amount must be a multiple of KWD\u00a00.010, and is KWD\u00a05.124.',
    );
    expect(refusalOf(5120n, 'KWD')).toBeUndefined();
    expect(refusalOf(99_999_990n, 'JOD')).toBeUndefined();
    expect(refusalOf(99_999_999n, 'JOD')).toMatch(
      /^The amount must be from JOD\u00a01\.000 to JOD\u00a099,999\.990/,
    );
  });

  it('is refused below zero and at zero', () => {
    for (const code of currencyCodes) {
      expect(refusalOf(0n, code)).toMatch(/^The amount must be from/);
      expect(refusalOf(-pledgeBounds(code).least, code)).toMatch(/^The amount must be from/);
    }
  });
});

describe('the text of an amount', () => {
  it('has the digits of its currency, and does not break behind a code', () => {
    expect(formatMoney({ minorUnits: 123_456n, currency: 'EUR' })).toBe('€1,234.56');
    expect(formatMoney({ minorUnits: 5n, currency: 'USD' })).toBe('$0.05');
    expect(formatMoney({ minorUnits: -5n, currency: 'GBP' })).toBe('-£0.05');
    expect(formatMoney({ minorUnits: 1234n, currency: 'JPY' })).toBe('¥1,234');
    expect(formatMoney({ minorUnits: 0n, currency: 'KRW' })).toBe('₩0');
    expect(formatMoney({ minorUnits: 7n, currency: 'KWD' })).toBe('KWD\u00a00.007');
    expect(formatMoney({ minorUnits: 10n ** 15n + 1n, currency: 'BHD' })).toBe(
      'BHD\u00a01,000,000,000,000.001',
    );
  });

  it('is exact: without its separators it is the number of minor units', () => {
    const amounts = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    const check = (minorUnits: bigint, currency: CurrencyCode): void => {
      const { digits } = currencies[currency];
      const major = majorUnits({ minorUnits, currency });
      expect(major.split('.')[1]?.length ?? 0).toBe(digits);
      expect(BigInt(major.replace('.', ''))).toBe(minorUnits);
      const shown = formatMoney({ minorUnits, currency }).replaceAll(/[^-\d]/g, '');
      expect(BigInt(shown)).toBe(minorUnits);
    };
    fc.assert(fc.property(amounts, anyCurrency, check), { numRuns });
  });
});

describe('the scalars of money', () => {
  it('show amounts beyond 32 bits, and negative ones', () => {
    expect(MinorUnitsScalar.serialize(10n ** 13n)).toBe('10000000000000');
    expect(MinorUnitsScalar.serialize(-1n)).toBe('-1');
    expect(() => MinorUnitsScalar.serialize(1)).toThrow(TypeError);
  });

  it('read strings alone', () => {
    expect(MinorUnitsScalar.parseValue('250')).toBe(250n);
    for (const value of [250, -1, '-1', '0250', null, 250n])
      expect(() => MinorUnitsScalar.parseValue(value)).toThrow(TypeError);
    expect(CurrencyCodeScalar.parseValue('EUR')).toBe('EUR');
    for (const value of ['eur', 'EURO', 'EUR\n', 978])
      expect(() => CurrencyCodeScalar.parseValue(value)).toThrow(TypeError);
  });
});
