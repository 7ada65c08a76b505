/**
 * @database none
 */
import { dictionary } from '@zxcvbn-ts/language-common';
import { describe, expect, it } from '@jest/globals';
import { isWeakPassword } from '../../../../src/features/people/account/weak-passwords.ts';

const known = ['Ada Marie Example', 'ada.example@example.org'];

describe('a weak password', () => {
  it('is one of the ten thousand commonest, in whatever case', () => {
    const commonest = dictionary['passwords-common'].slice(0, 10_000);
    expect(commonest).toHaveLength(10_000);
    expect(commonest.filter((each) => !isWeakPassword(each, known))).toEqual([]);
    expect(isWeakPassword('PassWord1', known)).toBe(true);
  });

  it.each([
    'aaaaaaaa',
    'abababab',
    'Abc1Abc1Abc1',
    '23456789',
    '98765432',
    'hijklmnop',
    'lkjhgfdsa',
    '１２３４５６７８',
  ])('is trivial: %s', (password) => expect(isWeakPassword(password, known)).toBe(true));

  it.each([
    'Standfirst',
    'standfirst2026',
    'adamarieexample',
    'Ada Marie Example',
    'ada.example!',
    'adaexample1',
    'example.org',
  ])('is made of what is known: %s', (password) => {
    if (password === 'example.org') expect(isWeakPassword(password, ['example.org'])).toBe(true);
    else expect(isWeakPassword(password, known)).toBe(true);
  });

  it.each([
    'correct horse battery',
    'my example of a sentence',
    'standfirst is a heading',
    'Zx9-qq 7 pelican',
    '七転び八起き七転び',
  ])('is not: %s', (password) => expect(isWeakPassword(password, known)).toBe(false));

  it('is not every one with a name in it, also of a person with a short name', () => {
    expect(isWeakPassword('a b c is what Bo sings', ['Bo', 'b@example.org'])).toBe(false);
    expect(isWeakPassword('long and unusual', ['', ''])).toBe(false);
  });
});
