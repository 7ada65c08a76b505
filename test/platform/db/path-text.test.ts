/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pathText } from '../../../src/platform/db/ordinal.ts';

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const orderedDigits = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/** Eight bytes preceded by a NUL byte give twelve digits of base 64, of which the first is always the same. */
const elementText = (element: Uint8Array): string =>
  Buffer.concat([Buffer.alloc(1), element])
    .toString('base64')
    .slice(1)
    .replace(/./g, (digit) => orderedDigits.charAt(base64Digits.indexOf(digit)));

const path = fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { maxLength: 5 });

describe('the text of a path', () => {
  it('has the digits of each element', () => {
    fc.assert(
      fc.property(
        path,
        (elements) => pathText(Buffer.concat(elements)) === elements.map(elementText).join(''),
      ),
    );
  });

  it('sorts like the bytes', () => {
    fc.assert(
      fc.property(path, path, (a, b) => {
        const [first, second] = [Buffer.concat(a), Buffer.concat(b)];
        const [one, other] = [pathText(first), pathText(second)];
        return Math.sign(Buffer.compare(first, second)) === (one < other ? -1 : one > other ? 1 : 0);
      }),
    );
    expect(pathText(Buffer.alloc(0))).toBe('');
  });
});
