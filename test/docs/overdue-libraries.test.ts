/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { type Library, overdueOf } from '../../harness/overdue-libraries.ts';

const now = new Date('2026-11-28T12:00:00Z');
const library = (
  name: string,
  installed: string,
  latest: string,
  released: Record<string, string>,
): Library => ({
  name,
  installed,
  latest,
  released: new Map(Object.entries({ created: '2020-01-01T00:00:00Z', ...released })),
});

it('a library is overdue 90 days after the first release that could have replaced it', () => {
  const of = (installed: string, latest = '2.10.0') =>
    overdueOf(
      [
        library('a', installed, latest, {
          '2.8.0': '2026-01-01T00:00:00Z',
          '2.9.0': '2026-08-30T12:00:00Z',
          '2.10.0': '2026-08-30T12:00:01Z',
          '3.0.0-beta.1': '2026-01-01T00:00:00Z',
          '3.0.0': '2026-01-01T00:00:00Z',
        }),
      ],
      {},
      now,
    );
  // Neither versions of before, nor those that are not ready, nor those above the one that the registry calls the latest.
  expect(of('2.9.0')).toEqual([]);
  expect(of('2.10.0')).toEqual([]);
  expect(of('2.8.0')).toEqual([]);
  expect(overdueOf([library('a', '1.9.0', '1.10.0', { '1.10.0': '2026-08-29T11:59:59Z' })], {}, now)).toEqual(
    ['a: 1.9.0 could have been replaced 91 days ago; the latest is 1.10.0'],
  );
});

it('a library is overdue when it has had no release for two years', () => {
  const old = library('b', '1.0.0', '1.0.0', { '1.0.0': '2024-11-27T00:00:00Z' });
  expect(overdueOf([old], {}, now)).toEqual(['b: has had no release for 731 days']);
  expect(overdueOf([{ ...old, released: new Map([['1.0.0', '2024-12-01T00:00:00Z']]) }], {}, now)).toEqual(
    [],
  );
});

it('an overdue library may stay for a year after somebody has looked at it, and only then', () => {
  const old = library('b', '1.0.0', '1.0.0', { '1.0.0': '2024-01-01T00:00:00Z' });
  const reason = 'It is finished.';
  expect(overdueOf([old], { b: { reason, on: '2025-11-28' } }, now)).toEqual([]);
  expect(overdueOf([old], { b: { reason, on: '2025-11-27' } }, now)).toEqual([
    'b: has had no release for 1062 days; accepted on 2025-11-27: look again',
  ]);
  const fresh = library('b', '1.0.0', '1.0.0', { '1.0.0': '2026-11-01T00:00:00Z' });
  expect(overdueOf([fresh], { b: { reason, on: '2025-11-28' } }, now)).toEqual([
    'b: is accepted as overdue, and is not',
  ]);
});
