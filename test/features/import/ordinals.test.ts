/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ordinalOf } from '../../../src/platform/db/ordinal.ts';
import { Ordinals, type Placeable } from '../../../src/features/import/ordinals.ts';

const at = new Date('2015-01-01T00:00:00Z');
const later = new Date('2015-01-01T00:00:00.001Z');
const base = ordinalOf(at, 0);
const news = (count: number, time = at): Placeable[] =>
  Array.from({ length: count }, () => ({ at: time, ordinal: undefined }));
const known = (ordinals: readonly bigint[], time = at): Placeable[] =>
  ordinals.map((ordinal) => ({ at: time, ordinal }));

const isAscending = (ordinals: readonly bigint[]): boolean =>
  ordinals.every((ordinal, index) => index === 0 || ordinal > (ordinals[index - 1] ?? ordinal));

describe('ordinals', () => {
  it('follow from the time, in the order of the list, with room between them', () => {
    expect(new Ordinals([]).place(news(1))).toEqual([base]);
    const places = new Ordinals([]).place(news(3));
    expect(places).toEqual([base, base + 256n, base + 512n]);
  });

  it('place new items before, between and after existing ones', () => {
    const [a = 0n, b = 0n] = new Ordinals([]).place(news(2));
    const places = new Ordinals([a, b]).place([
      ...news(2),
      ...known([a]),
      ...news(3),
      ...known([b]),
      ...news(2),
    ]);
    expect(isAscending(places)).toBe(true);
    expect(places.at(-1)).toBeLessThan(ordinalOf(later, 0));
  });

  it('place new items after existing ones that are not in the list', () => {
    const [a = 0n] = new Ordinals([]).place(news(1));
    const [b = 0n] = new Ordinals([a]).place(news(1));
    expect(b).toBeGreaterThan(a);
    expect(b).toBeLessThan(ordinalOf(later, 0));
  });

  it('suffice for a document of the maximum size with one time, and continue behind the last one if there is no room', () => {
    const places = new Ordinals([]).place(news(200_000));
    expect(isAscending(places)).toBe(true);
    expect(places.at(-1)).toBeLessThan(ordinalOf(later, 0));
    const dense = [base, base + 1n, base + 2n];
    const [, x = 0n] = new Ordinals(dense).place([...known([base]), ...news(1), ...known([base + 1n])]);
    expect(x).toBe(base + 3n);
  });

  /** Inserts items into a document at some positions in each round. @returns the ordinals after each round */
  function grow(rounds: readonly (readonly number[])[]): bigint[][] {
    let items: Placeable[] = [];
    return rounds.map((inserts) => {
      for (const position of inserts) {
        items.splice(position % (items.length + 1), 0, { at, ordinal: undefined });
      }
      const taken = items.flatMap(({ ordinal }) => (ordinal === undefined ? [] : [ordinal]));
      const places = new Ordinals(taken).place(items);
      items = known(places);
      return places;
    });
  }
  const roundsOf = (rounds: number, inserts: number) =>
    fc.array(fc.array(fc.nat({ max: 20 }), { maxLength: inserts }), { maxLength: rounds });

  it('keep the order of a document that grows in the same places four times', () => {
    fc.assert(fc.property(roundsOf(4, 3), (rounds) => grow(rounds).every(isAscending)));
  });

  it('are always distinct, however often a document grows', () => {
    fc.assert(
      fc.property(roundsOf(20, 10), (rounds) =>
        grow(rounds).every((places) => new Set(places).size === places.length),
      ),
    );
  });
});
