/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { nameKeys } from '../../../src/platform/text/name-keys.ts';

const lookAlike = (one: string, other: string): boolean => {
  const keys = new Set(nameKeys(one));
  return nameKeys(other).some((key) => keys.has(key));
};

describe('the keys of a name', () => {
  it.each([
    ['Ada Example', 'ADA   EXAMPLE', 'case and white space'],
    ['Ada Example', 'Ada-Example.', 'punctuation'],
    ['Ada Example', 'A\u200dd\u00ada\u200c Example', 'invisible characters'],
    ['Ada Example', 'Аdа Ехаmрlе', 'Cyrillic letters'],
    ['Ada Example', '𝓐𝖉𝚊 Ｅxample', 'mathematical and wide letters'],
    ['Ada Example', 'Áda Exämple', 'accents'],
    ['Bob Example', 'Вob Example', 'a Cyrillic letter that looks the same in upper case only'],
    ['Vera Example', 'νera Example', 'a Greek letter that looks the same in lower case only'],
    ['Biov', 'Вioν', 'one of each'],
    ['Ian Example', 'lan Example', 'an l for an I'],
    ['Bo Example', 'B0 Examp1e', 'digits'],
    ['Marn', 'Mam', 'two letters that look like one'],
    ['Нина Пример', 'НИНА ПРИМЕР', 'case of another script'],
    ['Нина Пример', 'Hина Пpимep', 'Latin letters in another script'],
    ['Weiß', 'WEISS', 'letters that become two'],
    ['張偉', '張 偉', 'white space between characters'],
  ])('are shared by %s and %s: %s', (one, other) => {
    expect(lookAlike(one, other)).toBe(true);
    expect(lookAlike(other, one)).toBe(true);
  });

  it.each([
    ['Ada Example', 'Ada Examples'],
    ['Ada Example', 'Example Ada'],
    ['Vera Example', 'Nera Example'],
    ['Bo', 'Po'],
    ['कमल', 'कमला'],
    ['張偉', '張偉明'],
  ])('are not shared by %s and %s', (one, other) => {
    expect(lookAlike(one, other)).toBe(false);
  });

  it('are none for a name without letters and digits', () => {
    expect(nameKeys('*** !')).toEqual([]);
  });

  it('are bounded, whatever the name becomes', () => {
    // One character that stands for eighteen.
    const keys = nameKeys('\ufdfa'.repeat(120));
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key.length).toBeLessThanOrEqual(200);
  });
});
