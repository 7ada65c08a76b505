/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maxJsonDepth, maxJsonValues, readJson } from '../../../src/platform/operations/json.ts';

const read = (text: string): unknown => readJson(text, 'The text');

describe('received JSON', () => {
  it.each([
    ['brackets', '[[[['.repeat(20)],
    ['a quotation mark', `"${'['.repeat(40)}`],
    ['a backslash', '\\'],
    ['a backslash before a quotation mark', `\\"${'['.repeat(40)}`],
    ['two backslashes', '\\\\'],
    ['commas', ','.repeat(20_000)],
  ])('may contain strings with %s, which do not count as its shape', (_, text) => {
    expect(read(JSON.stringify({ [text]: [text, text] }))).toEqual({ [text]: [text, text] });
  });

  it.each([
    ['after an empty string', '""'],
    ['after an escaped quotation mark', String.raw`"\""`],
    ['after an escaped backslash', String.raw`"\\"`],
  ])('may not nest deeper than the limit, %s included', (_, text) => {
    expect(() => read(`[${text},${'['.repeat(32)}`)).toThrow('JSON may nest 32 levels deep at most.');
    expect(() => read(`[${text},${'['.repeat(31)}`)).toThrow('The text is not JSON.');
  });

  it('may contain 10,000 values', () => {
    const list = (values: number) => JSON.stringify(Array.from({ length: values }, () => 1));
    expect(read(list(9_999))).toHaveLength(9_999);
    expect(() => read(list(10_001))).toThrow('JSON may hold 10000 values at most.');
  });

  it('is invalid if it ends within a string', () => {
    for (const text of ['"', '"a', String.raw`"a\"`, String.raw`"a\\`])
      expect(() => read(text)).toThrow('The text is not JSON.');
  });

  it('is what the parser reads within the bounds of depth and values, and nothing else', () => {
    const shapeOf = (value: unknown): { depth: number; values: number } => {
      if (typeof value !== 'object' || value === null) return { depth: 0, values: 1 };
      const inner = Object.values(value).map(shapeOf);
      return {
        depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
        values: inner.reduce((sum, { values }) => sum + values, 1),
      };
    };
    const json = fc.json({ maxDepth: 4 });
    const nested = fc
      .tuple(fc.integer({ min: 28, max: 36 }), json)
      .map(([depth, text]) => '['.repeat(depth) + text + ']'.repeat(depth));
    const pieces = fc
      .array(fc.constantFrom(...'"\\,:[]{}1 \n', '\\"', '\\\\', '""', '[]', '{"a":', 'null', '漢'), {
        maxLength: 40,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(json, nested, pieces), (text) => {
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          expect(() => read(text)).toThrow(/is not JSON|may nest|may hold/);
          return;
        }
        const { depth, values } = shapeOf(parsed);
        if (depth > maxJsonDepth) expect(() => read(text)).toThrow('JSON may nest');
        // The parser keeps one value of those with the same name.
        else if (values <= maxJsonValues) expect(read(text)).toEqual(parsed);
      }),
      { numRuns: 1000 },
    );
  });

  /** 1 MB in which a loop meets the most of one or another character. */
  const long: Readonly<Record<string, string>> = {
    spaces: `${' '.repeat(1e6)}{"a":1}`,
    'spaces at the end': `{"a":1}${' '.repeat(1e6)}`,
    digits: `{"a":${'9'.repeat(1e6)}}`,
    'line feeds': `{"a":${'\n\t'.repeat(5e5)}1}`,
    letters: `{"a":"${'a'.repeat(1e6)}"}`,
    'escaped quotation marks': `{"a":"${'\\"'.repeat(5e5)}"}`,
    'escaped backslashes': `{"a":"${'\\\\'.repeat(5e5)}"}`,
    'closing brackets': ']'.repeat(1e6),
    'pairs of brackets': '[]'.repeat(5e5),
    'empty strings': '""'.repeat(5e5),
    'strings that end nowhere': '"\\"'.repeat(333_333),
  };

  it.each(Object.entries(long))('takes little longer than its parser alone: 1 MB of %s', (_, text) => {
    const shortest = (work: (text: string) => unknown): number => {
      let best = Infinity;
      for (let run = 0; run < 20; run++) {
        const begin = performance.now();
        try {
          work(text);
        } catch {
          // Refusals take time as well.
        }
        best = Math.min(best, performance.now() - begin);
      }
      return best;
    };
    expect(shortest(read)).toBeLessThan(3 * shortest(JSON.parse) + 4);
  });
});
