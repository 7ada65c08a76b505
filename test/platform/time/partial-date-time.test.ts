/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { formatPartialDateTime, parsePartialDateTime } from '../../../src/platform/time/partial-date-time.ts';

/** The output format of a text after parsing. */
function shown(text: string): string | undefined {
  const parsed = parsePartialDateTime(text);
  return parsed && formatPartialDateTime(parsed);
}

describe('a partial date and time:', () => {
  it.each([
    ['2015', 'YEAR', '2015-01-01T00:00:00.000Z'],
    ['2015-07', 'MONTH', '2015-07-01T00:00:00.000Z'],
    ['2015-07-25', 'DAY', '2015-07-25T00:00:00.000Z'],
    ['0001', 'YEAR', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31', 'DAY', '9999-12-31T00:00:00.000Z'],
    ['2024-02-29', 'DAY', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29', 'DAY', '2000-02-29T00:00:00.000Z'],
  ])('%s keeps its precision %s', (text, precision, at) => {
    expect(parsePartialDateTime(text)).toEqual({ at: new Date(at), precision });
    expect(shown(text)).toBe(text);
  });

  it.each([
    ['2026-03-01T09:12:00Z', '2026-03-01T09:12:00.000Z'],
    ['2026-03-01t09:12:00z', '2026-03-01T09:12:00.000Z'],
    ['2026-03-01T09:12:00.5Z', '2026-03-01T09:12:00.500Z'],
    ['2026-03-01T09:12:00.123456789Z', '2026-03-01T09:12:00.123Z'],
    ['2026-03-01T09:12:00+02:00', '2026-03-01T07:12:00.000Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
    ['2025-12-31T23:30:00-01:00', '2026-01-01T00:30:00.000Z'],
    ['2026-03-01T09:12:00-00:00', '2026-03-01T09:12:00.000Z'],
  ])('%s is an instant', (text, instant) => {
    expect(shown(text)).toBe(instant);
  });

  it.each([
    '',
    '0000',
    '0000-01-01',
    '15',
    '20155',
    '-2015',
    '+002015',
    '2015-00',
    '2015-13',
    '2015-7',
    '2015-02-29',
    '1900-02-29',
    '2015-02-30',
    '2015-04-31',
    '2015-07-00',
    '2015-07-32',
    '20150725',
    '2015-W30',
    '2015-206',
    '2015-07-25T10:00',
    '2015-07-25T10:00:00',
    '2015-07-25 10:00:00Z',
    '2015-07-25T24:00:00Z',
    '2015-07-25T23:59:60Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '2015-07-25T10:60:00Z',
    '2015-07-25T10:00:00.Z',
    '2015-07-25T10:00:00+25:00',
    '2015-07-25T10:00:00+0200',
    '2015-07-25T10:00:00+02',
    ' 2015',
    '2015\n',
    '２０１５',
    'five years ago',
  ])('%j is invalid', (text) => {
    expect(parsePartialDateTime(text)).toBeUndefined();
  });

  it('the output has only the digits of its precision', () => {
    const at = new Date('2015-07-25T23:59:59.999Z');
    expect(formatPartialDateTime({ at, precision: 'YEAR' })).toBe('2015');
    expect(formatPartialDateTime({ at, precision: 'MONTH' })).toBe('2015-07');
    expect(formatPartialDateTime({ at, precision: 'DAY' })).toBe('2015-07-25');
    expect(formatPartialDateTime({ at, precision: 'INSTANT' })).toBe('2015-07-25T23:59:59.999Z');
  });
});
