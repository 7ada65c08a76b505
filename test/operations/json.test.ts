/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { readJson } from '../../src/operations/json.ts';

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
});
