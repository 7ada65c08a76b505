/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import * as served from '../../src/features/funding/campaign-page-texts.ts';
import { currencies, currencyCodes } from '../../src/features/funding/money/currency.ts';
import { majorUnits as exactMajorUnits } from '../../src/features/funding/money/money.ts';
import { digitsOf, majorUnits } from '../../web/currency.ts';
import { formatMoney } from '../../web/format.ts';
import { parseAmount, thousandths } from '../../web/amount.ts';

const parsed = (text: string, currency = 'EUR'): string => {
  const result = parseAmount(text, currency);
  return 'fault' in result ? result.fault : String(result.minorUnits);
};

describe('an amount that a person types', () => {
  it.each([
    ['25', '2500'],
    ['25.5', '2550'],
    ['25,5', '2550'],
    ['25.50', '2550'],
    ['0,50', '50'],
    ['.5', '50'],
    ['25.', '2500'],
    ['  25 ', '2500'],
    ['€25', '2500'],
    ['25 €', '2500'],
    ['EUR 25', '2500'],
    ['25 eur', '2500'],
    ['1,234.50', '123450'],
    ['1.234,50', '123450'],
    ['1 234,50', '123450'],
    ['1 234,50', '123450'],
    ['1’234.50', '123450'],
    ['1,234', '123400'],
    ['1.234', '123400'],
    ['1,234,567', '123456700'],
    ['007', '700'],
    // More than a float holds exactly.
    ['90071992547409.93', '9007199254740993'],
  ])('%s is %s cents', (text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['€', 'empty'],
    ['ten', 'notANumber'],
    ['1e3', 'notANumber'],
    ['0x10', 'notANumber'],
    ['1,2,3', 'notANumber'],
    ['1,23.4,5', 'notANumber'],
    ['1.2.3,4', 'notANumber'],
    [',', 'notANumber'],
    ['٢٥', 'notANumber'],
    ['9'.repeat(31), 'notANumber'],
    ['0', 'notPositive'],
    ['0.00', 'notPositive'],
    ['-5', 'notPositive'],
    ['−5', 'notPositive'],
    ['0.123', 'tooManyDigits'],
    ['25.1234', 'tooManyDigits'],
  ])('“%s” is refused: %s', (text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  it('has the digits of its currency', () => {
    expect(parsed('1,234', 'JPY')).toBe('1234');
    expect(parsed('1234', 'JPY')).toBe('1234');
    expect(parsed('12.5', 'JPY')).toBe('noFraction');
    expect(parsed('¥1,234', 'JPY')).toBe('1234');
    expect(parsed('1.25', 'KWD')).toBe('1250');
    expect(parsed('0.500', 'KWD')).toBe('500');
    expect(parsed('1,234.500', 'KWD')).toBe('1234500');
    expect(parsed('1.2345', 'KWD')).toBe('tooManyDigits');
  });

  it('is not guessed where a separator may mean two things', () => {
    expect(parsed('1,234', 'KWD')).toBe('ambiguous');
    // The page fills in such amounts, with the point of its language.
    expect(parsed('12.500', 'KWD')).toBe('12500');
    expect(parsed('1,234,000', 'KWD')).toBe('1234000000');
  });
});

describe('money on the page', () => {
  it.each(currencyCodes)('has the digits of %s, before and after the script', (currency) => {
    expect(digitsOf(currency)).toBe(currencies[currency].digits);
    for (const minorUnits of ['0', '7', '1234', '123400', '-5', '900719925474099301']) {
      const exact = exactMajorUnits({ minorUnits: BigInt(minorUnits), currency });
      expect(majorUnits({ minorUnits, currency })).toBe(exact);
      expect(served.formatMoney({ minorUnits, currency })).toBe(formatMoney({ minorUnits, currency }));
    }
  });

  it('is exact, and shows no fraction of round amounts', () => {
    expect(formatMoney({ minorUnits: '900719925474099301', currency: 'EUR' })).toBe(
      '€9,007,199,254,740,993.01',
    );
    expect(formatMoney({ minorUnits: '250000', currency: 'EUR' })).toBe('€2,500');
    expect(formatMoney({ minorUnits: '250050', currency: 'EUR' })).toBe('€2,500.50');
    expect(formatMoney({ minorUnits: '1234', currency: 'JPY' })).toBe('¥1,234');
    expect(formatMoney({ minorUnits: '1234', currency: 'KWD' }).replace('\u00A0', ' ')).toBe('KWD 1.234');
    expect(formatMoney({ minorUnits: '-1', currency: 'EUR' })).toBe('-€0.01');
  });
});

describe('a meter', () => {
  it('shows the whole of a goal only when it is reached', () => {
    expect(thousandths(0n, 100n)).toBe(0);
    expect(thousandths(-5n, 100n)).toBe(0);
    expect(thousandths(99_999n, 100_000n)).toBe(999);
    expect(thousandths(100n, 100n)).toBe(1000);
    expect(thousandths(250n, 100n)).toBe(1000);
    expect(thousandths(1n, 0n)).toBe(0);
    expect(thousandths(10n ** 20n, 2n * 10n ** 20n)).toBe(500);
  });
});
