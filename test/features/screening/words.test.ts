/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
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
/** The place at which one of the entries was found. */
const heldIn = (text: string, ...entries: WordEntry[]) => listOf(...entries).find(text).held?.match;

describe('a word', () => {
  it.each([
    ['idiot', 'You IDIOT!', 'IDIOT'],
    ['idiot', 'idiotic', undefined],
    ['idiot', 'an_idiot_', 'idiot'],
    ['idiot', 'idiot7', undefined],
    // Full case folding, compatibility forms, and characters that nobody sees.
    ['straße', 'STRASSE', 'STRASSE'],
    ['idiot', 'ｉｄｉｏｔ', 'ｉｄｉｏｔ'],
    ['idiot', 'i\u00addi\u200bo\u2060t', 'i\u00addi\u200bo\u2060t'],
    ['ﬁsh', 'Fish', 'Fish'],
    ['ΟΔΟΣ', 'οδος', 'οδος'],
    // Composed or not, an accent is a letter of its own.
    ['café', 'cafe\u0301', 'cafe\u0301'],
    ['cafe', 'café', undefined],
    ['❤', '❤️', '❤️'],
    // Several words, whatever white space is between them.
    ['buy now', 'Buy\n\n  now!', 'Buy\n\n  now'],
    ['buy now', 'buy nowhere', undefined],
    // Scripts without spaces have no words that could be told apart.
    ['笨蛋', '你是笨蛋吗', '笨蛋'],
    ['ばか', 'おまえはばかだ', 'ばか'],
    ['บ้า', 'คนบ้านี้', 'บ้า'],
    ['ガ', 'ｶﾞｽ', 'ｶﾞ'],
  ])('%s, in %j, is found as %j', (word, text, match) => {
    expect(heldIn(text, entryOf(word))).toBe(match);
  });

  it.each([
    ['idiot', 'idiotically', 'idiot'],
    ['idiot', 'videoidiot', undefined],
  ])('that begins others, %s, is found in %s as %s', (word, text, match) => {
    expect(heldIn(text, entryOf(word, { mode: 'PREFIX' }))).toBe(match);
  });

  it.each([
    ['*casino*', 'the MegaCasino2000 site', 'MegaCasino2000'],
    ['v?agra', 'v1agra', 'v1agra'],
    ['v?agra', 'v!agra', undefined],
    ['vi*ra', 'viagra viagrat', 'viagra'],
    ['vi*ra', 'vi gra', undefined],
    ['a?b*cd', 'axb--cd', undefined],
    ['*蛋', '一个笨蛋', undefined],
    ['*笨蛋', '一个笨蛋', '笨蛋'],
  ])('with wildcards, %s, is found in %s as %s', (pattern, text, match) => {
    expect(heldIn(text, entryOf(pattern, { mode: 'PATTERN' }))).toBe(match);
  });

  it.each(['a*', '??', 'two words*', '*', 'x'.repeat(31), 'a.b*'])('%s is no pattern', (pattern) => {
    expect(compileWord(entryOf(pattern, { mode: 'PATTERN' }))).toBeUndefined();
  });

  it('of Turkish is folded by its own rule', () => {
    const turkish = { language: 'tr' };
    expect(heldIn('SIKICI', entryOf('sıkıcı', turkish))).toBe('SIKICI');
    expect(heldIn('sikici', entryOf('SIKICI', turkish))).toBeUndefined();
    expect(heldIn('İYİ', entryOf('iyi', turkish))).toBe('İYİ');
    // Without a language I and i are the same letter.
    expect(heldIn('sikici', entryOf('SIKICI'))).toBe('sikici');
  });

  it('that refuses is found beside one that holds, each once, and at most five of them', () => {
    const refusing = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map((text) => entryOf(text, { action: 'REFUSE' }));
    const found = listOf(entryOf('held'), ...refusing).find('held A1 a1 a2 a3 a4 a5 a6');
    expect(found.held?.match).toBe('held');
    expect(found.refused.map(({ match }) => match)).toEqual(['A1', 'a2', 'a3', 'a4', 'a5']);
  });
});

describe('the search', () => {
  const stepsOf = (words: WordEntry[], text: string) => listOf(...words).find(text).steps;

  it.each<[string, WordEntry[], (length: number) => string]>([
    [
      'all beginnings of a run',
      Array.from({ length: 100 }, (_, n) => entryOf('a'.repeat(n + 1))),
      (length) => 'a'.repeat(length),
    ],
    [
      'beginnings of words, each in a word of its own',
      Array.from({ length: 100 }, (_, n) => entryOf('a'.repeat(n + 1), { mode: 'PREFIX', action: 'REFUSE' })),
      (length) => 'xa'.repeat(length / 2),
    ],
    [
      'a run that never ends as the word does',
      [entryOf(`${'a'.repeat(99)}b`)],
      (length) => 'a'.repeat(length),
    ],
    [
      'patterns whose letters are everywhere',
      Array.from({ length: 50 }, (_, n) =>
        entryOf(`*${'aa?'.repeat(5)}*${'ab'.repeat((n % 5) + 1)}`, { mode: 'PATTERN' }),
      ),
      (length) => 'aa'.repeat(length / 2),
    ],
  ])('takes twice the steps for twice the text: %s', (_, words, textOf) => {
    const [once, twice] = [stepsOf(words, textOf(5000)), stepsOf(words, textOf(10_000))];
    expect(twice / once).toBeLessThan(2.1);
    // At most one step for each length of a literal, and two for each pattern, at each character.
    expect(twice).toBeLessThan(10_000 * 210);
  });

  it('takes few steps for a common text among ten thousand words', () => {
    const words = Array.from({ length: 10_000 }, (_, n) => entryOf(`w${(n * 7919).toString(36)}`));
    const text = 'The last boat left the pier at ten past eight, as it has for forty years. '.repeat(130);
    expect(stepsOf(words, text)).toBeLessThan(3 * text.length);
  });
});
