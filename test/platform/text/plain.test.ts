/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/platform/errors/errors.ts';
import { findAddresses, maskAddresses } from '../../../src/platform/text/addresses.ts';
import { initialOf, isVisible, normaliseLine, normaliseText } from '../../../src/platform/text/plain.ts';
import { requireLine, requireText } from '../../../src/platform/text/rules.ts';

describe('normaliseText', () => {
  it.each([
    ['NUL and other controls', 'a\u0000b\u0007\u007f\u0085c', 'abc'],
    ['tabs and line feeds stay', 'a\tb\nc', 'a\tb\nc'],
    ['other line ends', 'a\r\nb\rc', 'a\nb\nc'],
    ['overrides and their ends', '\u202eevil\u202c \u202dx\u202c', 'evil x'],
    ['zero width', 'a\u200bb\u2060c\ufeffd', 'abcd'],
    ['joiners stay', 'می\u200cخواهم 👩\u200d👧', 'می\u200cخواهم 👩\u200d👧'],
    ['lone surrogates', 'a\ud800b\udc00c', 'abc'],
    ['surrogates split by something invisible', 'a\ud83d\u200b\ude00b', 'ab'],
    ['pairs stay', 'a😀b', 'a😀b'],
    ['composition', 'e\u0301', 'é'],
    ['stacked marks', `a${'\u0323'.repeat(9)}b`, `ạ${'\u0323'.repeat(4)}b`],
    // Would take minutes without a bound.
    ['endless marks', `a${'\u0316\u0301'.repeat(250_000)}b`, 'á\u0316\u0316\u0316\u0316b'],
    ['white space at the ends', ' \n\u00a0\u3000a b\u2028 \n', 'a b'],
  ])('%s', (_, text, normal) => {
    expect(normaliseText(text)).toBe(normal);
  });

  it('is idempotent for any text', () => {
    const alphabet = [
      ...'ab \n\r\t\u0000\u200b\u200d\u202e\u0301\u0323\u0338',
      '\ud800',
      '\udc00',
      '😀',
      'é',
      '가',
      'ᄀ',
      'ᅡ',
      'ﬁ',
      '\u2028',
      '\u2067',
      '\u2069',
      '\u202b',
      '\u202c',
    ];
    let state = 20_260_301;
    const next = (bound: number) => (state = (state * 48_271) % 2_147_483_647) % bound;
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: next(14) }, () => alphabet[next(alphabet.length)]).join('');
      for (const normalise of [normaliseText, normaliseLine]) {
        const once = normalise(text);
        expect({ text, again: normalise(once) }).toEqual({ text, again: once });
        expect(once).not.toMatch(/\p{Cs}/u);
        expect(once).not.toMatch(/[\u0000\u200b\u202e\r]/);
      }
    }
  });

  it('for one line leaves single spaces only', () => {
    expect(normaliseLine(' Ada\n\n  Example\t\u00a0X ')).toBe('Ada Example X');
  });
});

describe('isVisible', () => {
  it.each(['a', '1', '.', '😀', 'ا', '가', '_', '\u00a9'])('sees %j', (text) => {
    expect(isVisible(text)).toBe(true);
  });
  it.each([
    '',
    ' ',
    '\n\t',
    '\u00a0',
    '\u200c\u200d',
    '\u0301',
    '\u00ad',
    '\u2028',
    '\u3164',
    '\u2800',
    '\u115f\u1160',
    '\uffa0',
    '\u{e0041}',
  ])('does not see %j', (text) => {
    expect(isVisible(text)).toBe(false);
  });
});

/** The code of the refusal that a check throws. */
function codeOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.userErrors[0]?.code;
    throw error;
  }
}

describe('the rules of a text', () => {
  const rule = { field: 'body', max: 10 };

  it('count characters, not code units, of the normalised text', () => {
    expect(requireText('😀'.repeat(10), rule)).toHaveLength(20);
    expect(codeOf(() => requireText('😀'.repeat(11), rule))).toBe('TOO_LONG');
    expect(codeOf(() => requireText('a'.repeat(11), rule))).toBe('TOO_LONG');
    expect(requireText(`  ${'e\u0301'.repeat(10)}\u200b  `, rule)).toBe('é'.repeat(10));
  });

  it('refuse an invisible text', () => {
    for (const text of ['', '  ', '\u200b', '\u202e', '\u0000', '\ud800', '\u3164']) {
      expect(codeOf(() => requireText(text, rule))).toBe('EMPTY_TEXT');
      expect(codeOf(() => requireLine(text, rule))).toBe('EMPTY_TEXT');
    }
  });

  it('name the field', () => {
    expect(() => requireLine('', rule)).toThrow(
      expect.objectContaining({ userErrors: [expect.objectContaining({ field: ['body'] })] }),
    );
  });
});

describe('addresses in plain text', () => {
  it('are found with their positions', () => {
    const text = 'ada@example.org, (bo.b+x@sub.example.co.uk) ада@пример.рф';
    const found = findAddresses(text);
    expect(found.map(({ address }) => address)).toEqual([
      'ada@example.org',
      'bo.b+x@sub.example.co.uk',
      'ада@пример.рф',
    ]);
    for (const { address, start, end } of found) expect(text.slice(start, end)).toBe(address);
    expect(maskAddresses(text)).toBe('[address hidden], ([address hidden]) [address hidden]');
  });

  it('are found percent-encoded', () => {
    expect(findAddresses('x?q=bo%40example.org&z')).toEqual([
      { address: 'bo@example.org', start: 4, end: 20, isUserInfo: false },
    ]);
  });
});

describe('initialOf', () => {
  it.each([
    ['a letter', 'ada example', 'A'],
    ['white space before it', ' bo', 'B'],
    ['a letter of two code units', '𐐨𐑊 Example', '𐐀'],
    ['a letter with a mark that it has no composed form with', 'r\u0303ita', 'R\u0303'],
    ['a joined emoji', '👩\u200d🚀 Ada', '👩\u200d🚀'],
    ['a flag', '🇨🇭 Example', '🇨🇭'],
    ['two letters in upper case', 'ßilvia', 'S'],
    ['no name', ' ', '?'],
  ])('%s', (_, name, initial) => {
    expect(initialOf(name)).toBe(initial);
  });
});
