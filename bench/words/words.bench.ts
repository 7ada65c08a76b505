import { Random } from '../../harness/random.ts';
import { type WordEntry, WordList } from '../../src/features/screening/word-list.ts';
import { atOnce } from '../../src/platform/fairness/computations.ts';
import type { Column, Comparison, Figures } from '../measure/rounds.ts';
import type { BenchOptions } from '../options.ts';

const wordCount = 10_000;
const textLength = 10_000;

const columns: readonly Column[] = [
  { key: 'plain', name: 'ms, a common text', digits: 2 },
  { key: 'accents', name: 'ms, letters beyond ASCII', digits: 2 },
  { key: 'run', name: 'ms, one run of a letter', digits: 2 },
];

/** Words of 4 to 12 letters, each once. */
function makeWords(letters: string, count: number, next: () => number): string[] {
  const words = new Set<string>();
  while (words.size < count) {
    const length = 4 + Math.floor(next() * 9);
    words.add(Array.from({ length }, () => letters[Math.floor(next() * letters.length)]).join(''));
  }
  return [...words];
}

/** Texts of other words, in which nothing is found: a search that finds something ends earlier. */
function makeTexts(next: () => number): Record<string, string> {
  const textOf = (letters: string) =>
    makeWords(letters, textLength / 5, next)
      .map((word) => `${word.slice(0, 5)}x`)
      .join(' ')
      .slice(0, textLength);
  return {
    plain: textOf('etaoinshrdlu'),
    accents: textOf('éàüñçøšžабвг'),
    run: 'e'.repeat(textLength),
  };
}

type Search = (text: string) => boolean;

/** What a hand writes first: one expression of all words, with their boundaries. */
function byExpression(words: readonly string[]): Search {
  const wordChar = '[\\p{L}\\p{M}\\p{N}]';
  const expression = new RegExp(`(?<!${wordChar})(?:${words.join('|')})(?!${wordChar})`, 'iu');
  return (text) => expression.test(text.normalize('NFKC'));
}

/** What a hand writes next: the words of the text, looked up one by one. Knows neither several words nor beginnings. */
function byLookup(words: readonly string[]): Search {
  const known = new Set(words);
  return (text) =>
    (
      text
        .normalize('NFKC')
        .toLowerCase()
        .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
    ).some((word) => known.has(word));
}

function measure(search: Search, text: string, milliseconds: number): number {
  const start = performance.now();
  let count = 0;
  let spent: number;
  do {
    if (search(text)) throw new Error('A word was found that is not in the text');
    count += 1;
    spent = performance.now() - start;
  } while (spent < milliseconds);
  return spent / count;
}

/** Looks for ten thousand words in texts of ten thousand characters, beside what a hand could write. Needs no database. */
export function benchWords(
  { rounds, seconds, seed }: BenchOptions,
  say: (line: string) => void,
): Comparison[] {
  const source = new Random(seed);
  const next = (): number => source.next();
  const words = makeWords('etaoinshrdlu', wordCount, next);
  const texts = makeTexts(next);
  const entries = words.map((text): WordEntry => ({ text, mode: 'EXACT', action: 'HOLD', language: null }));
  const begun = performance.now();
  const list = atOnce(WordList.build(entries));
  say(`the list of ${wordCount} words was built in ${(performance.now() - begun).toFixed(0)} ms`);
  const searches: [string, Search][] = [
    ['Standfirst', (text) => list.find(text).held !== undefined],
    ['one expression of all words', byExpression(words)],
    ['words of the text in a set', byLookup(words)],
  ];
  const sides = searches.map(([name]) => ({ name, rounds: [] as Figures[] }));
  const share = (seconds * 1000) / columns.length;
  for (let round = 0; round < rounds; round += 1)
    searches.forEach(([, search], side) => {
      const figures = columns.map(({ key }) => [key, measure(search, texts[key] ?? '', share)] as const);
      sides[side]?.rounds.push(Object.fromEntries(figures));
    });
  const title = `${wordCount.toLocaleString('en')} words in ${textLength.toLocaleString('en')} characters`;
  return [{ title, columns, sides }];
}
