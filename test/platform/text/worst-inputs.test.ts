/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { isWeakPassword } from '../../../src/features/people/account/weak-passwords.ts';
import { findAddresses, maskAddresses } from '../../../src/platform/text/addresses.ts';
import { foldText } from '../../../src/platform/text/fold.ts';
import { withDirections } from '../../../src/platform/text/html-directions.ts';
import { renderMarkdown } from '../../../src/platform/text/markdown.ts';
import { nameKeys } from '../../../src/platform/text/name-keys.ts';
import { isVisible, normaliseLine, normalPieces, normaliseText } from '../../../src/platform/text/plain.ts';
import { longestSent } from '../../../src/platform/text/rules.ts';
import { withoutSecrets } from '../../../src/platform/text/secrets.ts';
import { compatible, patternParts, withoutEnd, wordsOf } from '../../../src/platform/text/split.ts';
import { isSlug, slugFrom } from '../../../src/platform/text/slug.ts';
import { tagNameToFind } from '../../../src/platform/text/tag-name.ts';

/** Texts that are the worst for one or another of the expressions, each of any length. */
const hostile: Readonly<Record<string, (length: number) => string>> = {
  letters: (length) => 'a'.repeat(length),
  'marks on one letter': (length) => `a${'\u0301'.repeat(length - 1)}`,
  'marks in the wrong order': (length) => `a${'\u0315\u0300\u05ae'.repeat(length / 3)}`,
  'letters with thirty marks each': (length) => `a${'\u0315\u0300\u0327'.repeat(10)}`.repeat(length / 31),
  'letters with four marks each': (length) => 'a\u0315\u0300\u0327\u0316'.repeat(length / 5),
  'syllables of Hangul in parts': (length) => '\u1112\u1161\u11ab'.repeat(length / 3),
  'parts of syllables that do not fit': (length) => '\u1161'.repeat(length),
  'characters with another form': (length) => '\u212b'.repeat(length),
  'a ligature of eighteen': (length) => '\ufdfa'.repeat(length),
  'wide letters': (length) => 'ａ＠'.repeat(length / 2),
  ideographs: (length) => '漢'.repeat(length),
  emoji: (length) => '😀'.repeat(length / 2),
  'white space': (length) => `x${' '.repeat(length - 2)}x`,
  'white space of all kinds': (length) => `x${' \t\u00a0\u2003'.repeat((length - 2) / 4)}x`,
  'carriage returns': (length) => '\r'.repeat(length),
  'line feeds': (length) => `x${'\n'.repeat(length - 2)}x`,
  'invisible characters': (length) => '\u200b'.repeat(length),
  'marks of direction': (length) => '\u2067'.repeat(length),
  'marks of direction, closed': (length) => '\u2067\u2069'.repeat(length / 2),
  'halves of pairs': (length) => '\ud800'.repeat(length),
  'at signs': (length) => '@'.repeat(length),
  'words with an at sign': (length) => 'a@b'.repeat(length / 3),
  addresses: (length) => 'a@b.cc '.repeat(length / 7),
  'percent signs': (length) => '%'.repeat(length),
  'escaped at signs': (length) => 'a%2540'.repeat(length / 6),
  'character references': (length) => '&amp;#x000040'.repeat(length / 13),
  'unfinished references': (length) => '&amp;'.repeat(length / 5),
  quotes: (length) => '"\\'.repeat(length / 2),
  'full stops': (length) => `${'.'.repeat(length - 1)}x`,
  'labels of a host': (length) => `a@${'b.'.repeat(length / 2)}`,
  hyphens: (length) => `${'-'.repeat(length - 1)}!`,
  'words with hyphens': (length) => `${'a-'.repeat(length / 2)}!`,
  'number signs': (length) => '# '.repeat(length / 2),
  'the beginning of a token': (length) => 'sf_'.repeat(length / 3),
  slashes: (length) => `${'/'.repeat(length - 1)}x`,
};

/** The longest text of a comment, as it is sent and as it is stored. */
const [sent, stored] = [longestSent(10_000), 10_000];

const works: Readonly<Record<string, { length: number; work: (text: string) => unknown }>> = {
  normaliseText: { length: sent, work: normaliseText },
  normaliseLine: { length: longestSent(2000), work: normaliseLine },
  'a step of normalPieces': { length: longestSent(200_000), work: (text) => normalPieces(text).next() },
  isVisible: { length: sent, work: isVisible },
  findAddresses: { length: stored, work: findAddresses },
  maskAddresses: { length: stored, work: maskAddresses },
  foldText: { length: stored, work: (text) => foldText(text) },
  nameKeys: { length: 160, work: nameKeys },
  slugFrom: { length: 600, work: (text) => slugFrom(text, 'x') },
  isSlug: { length: longestSent(200), work: isSlug },
  tagNameToFind: { length: longestSent(60), work: tagNameToFind },
  'withoutSecrets of a path': { length: 512, work: withoutSecrets },
  'withoutSecrets of a message': { length: 10_000, work: withoutSecrets },
  compatible: { length: longestSent(256), work: compatible },
  wordsOf: { length: sent, work: wordsOf },
  patternParts: { length: longestSent(100), work: patternParts },
  withoutEnd: { length: sent, work: (text) => withoutEnd(text, '.') },
  isWeakPassword: { length: 512, work: (text) => isWeakPassword(text, [text, text]) },
};

/** 5 ms on a core of its own, and far more where others share it: what takes the square of a length takes a hundred times as long. */
const mostMs = 4 * 5;

/** The shortest of many runs, in milliseconds, or the first that is short enough: what else the machine does makes runs longer. */
function shortest(work: () => unknown): number {
  let best = Infinity;
  for (let run = 0; run < 60 && best > mostMs; run++) {
    const begin = performance.now();
    work();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}

describe.each(Object.entries(works))('%s of the worst text of the greatest length', (_, { length, work }) => {
  it.each(Object.entries(hostile))('takes 5 ms at most: %s', (_kind, make) => {
    const text = make(length);
    expect(shortest(() => work(text))).toBeLessThanOrEqual(mostMs);
  });
});

/** Rendered comments of 10,000 characters with the most tags, and with the most that is in no direction. */
const marked: Readonly<Record<string, string>> = {
  'items without a letter': '- 1\n'.repeat(2500),
  'items of a quotation': '> - 1\n'.repeat(1666),
  'nested quotations': `${'>'.repeat(90)} 1\n\n`.repeat(106),
  'emphasis without a letter': `> ${'*1* '.repeat(2499)}`,
  'character references': `> ${'&'.repeat(9998)}`,
};

describe('withDirections of the worst comments of the greatest length', () => {
  it.each(Object.entries(marked))('takes 5 ms at most: %s', (_kind, source) => {
    const { html } = renderMarkdown(source, 'comment');
    expect(shortest(() => withDirections(html))).toBeLessThanOrEqual(mostMs);
  });
});
