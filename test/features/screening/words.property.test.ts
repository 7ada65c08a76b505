/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldedString, foldText, isBoundary } from '../../../src/platform/text/fold.ts';
import { atOnce } from '../../../src/platform/fairness/computations.ts';
import { compileWord, type WordEntry, WordList } from '../../../src/features/screening/word-list.ts';

const entryOf = (text: string, more: Partial<WordEntry> = {}): WordEntry => ({
  text,
  mode: 'EXACT',
  action: 'HOLD',
  language: null,
  ...more,
});
const listOf = (...entries: WordEntry[]) => atOnce(WordList.build(entries));
const heldIn = (text: string, ...entries: WordEntry[]) => listOf(...entries).find(text).held?.match;

/** Few letters, so that words overlap; some that fold, join or stand in a script without spaces. */
const letter = fc.constantFrom(
  'a',
  'b',
  'A',
  'ß',
  'İ',
  'é',
  'e',
  '\u0301',
  'ｂ',
  '\u00ad',
  '漢',
  '字',
  'の',
  ' ',
  '-',
  '7',
);
const word = fc.array(letter, { minLength: 1, maxLength: 4 }).map((letters) => letters.join(''));
const text = fc.array(letter, { maxLength: 60 }).map((letters) => letters.join(''));

/** Whether a word is in a text, as the rules say it, however long that takes. */
function isIn(whole: string, { text: part, mode }: WordEntry): boolean {
  const folded = foldText(whole);
  const chars = [...foldedString(folded)];
  const wanted = [...foldedString(foldText(part.trim()))];
  return chars.some(
    (_, from) =>
      wanted.every((char, at) => chars[from + at] === char) &&
      isBoundary(folded, from) &&
      (mode === 'PREFIX' || isBoundary(folded, from + wanted.length)),
  );
}

/** The same for a pattern, by an expression that tries all ways. */
function isPatternIn(whole: string, pattern: string): boolean {
  const folded = foldText(whole);
  const chars = [...foldedString(folded)];
  const expression = new RegExp(
    `^${[...pattern].map((char) => (char === '*' ? '[\\p{L}\\p{M}\\p{N}]*' : char === '?' ? '[\\p{L}\\p{M}\\p{N}]' : char)).join('')}$`,
    'u',
  );
  const bounds = [...chars.keys(), chars.length].filter((at) => isBoundary(folded, at));
  return bounds.some((from) =>
    bounds.some((to) => from < to && expression.test(chars.slice(from, to).join(''))),
  );
}

describe('words', () => {
  it('are found exactly where the rules say, whatever else is in the list', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, fc.constantFrom('EXACT', 'PREFIX')), { maxLength: 8 }),
        text,
        (words, whole) => {
          const entries = words
            .map(([part, mode]) => entryOf(part, { mode: mode as WordEntry['mode'], action: 'REFUSE' }))
            .filter((entry) => compileWord(entry) !== undefined);
          const found = new Set(
            listOf(...entries)
              .find(whole)
              .refused.map(({ entry }) => entry),
          );
          const expected = entries.filter((entry) => isIn(whole, entry));
          if (expected.length <= 5) expect(found).toEqual(new Set(expected));
          else expect(expected).toEqual(expect.arrayContaining([...found]));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('with * and ? are found as an expression that tries all ways finds them', () => {
    const plain = fc.constantFrom('a', 'b', 'c', '漢', ' ', '-');
    const wild = fc.constantFrom('a', 'b', 'c', '漢', '*', '?');
    fc.assert(
      fc.property(
        fc.array(wild, { minLength: 2, maxLength: 7 }).map((chars) => chars.join('')),
        fc.array(plain, { maxLength: 14 }).map((chars) => chars.join('')),
        (pattern, whole) => {
          const entry = entryOf(pattern, { mode: 'PATTERN' });
          if (!compileWord(entry)) return;
          const match = heldIn(whole, entry);
          expect(match !== undefined).toBe(isPatternIn(whole, pattern));
          if (match !== undefined) expect(isPatternIn(match, pattern)).toBe(true);
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('fold to themselves once they are folded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (whole) => {
        const once = foldedString(foldText(whole));
        expect(foldedString(foldText(once))).toBe(once);
      }),
      { numRuns: 3000, examples: [['ẞ'], ['ß'], ['İ']] },
    );
  });

  it('lead back to the original: the pieces of a folded text cover it in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (whole) => {
        const { starts, ends, length } = foldText(whole);
        for (let at = 0; at < length; at += 1) {
          expect(ends[at]!).toBeGreaterThan(starts[at]!);
          if (at > 0) expect(starts[at]!).toBeGreaterThanOrEqual(starts[at - 1]!);
        }
      }),
    );
  });
});
