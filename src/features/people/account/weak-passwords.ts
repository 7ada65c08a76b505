import { dictionary } from '@zxcvbn-ts/language-common';
import { compatible, wordsOf } from '../../../platform/text/split.ts';

/** Passwords that attackers try first, in lower case, the commonest first. */
const common: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/** Rows of keys and alphabets: a password that is a part of one, in either direction, is none. */
const rows = ['0123456789012345678901234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];
const sequences = rows.flatMap((row) => [row, [...row].reverse().join('')]);

/** A part of at most four characters, again and again. */
const repetition = /^(.{1,4}?)\1+$/u;

/** A number that is hung on a word. */
const tail = /[\d!?._-]{0,4}$/;

/**
 * Whether a password is one of those that are tried first: common, trivial, or made of what everybody knows of its owner
 * (NIST SP 800-63B, 3.1.1.2).
 * @param known what is known: name and address
 */
export function isWeakPassword(password: string, known: readonly string[]): boolean {
  const text = compatible(password).toLowerCase();
  if (common.has(text) || repetition.test(text) || sequences.some((row) => row.includes(text))) return true;
  const word = text.replace(tail, '');
  const words = ['standfirst', ...known.flatMap(partsOf)];
  return words.some((each) => word === each || text === each);
}

/** A name or an address, what stands before its @, their parts, and each in one word. */
function partsOf(known: string): string[] {
  const text = compatible(known).toLowerCase();
  const words = [text, text.split('@')[0] ?? text].flatMap((each) => {
    const parts = wordsOf(each);
    return [each, parts.join(''), ...parts];
  });
  return words.filter(({ length }) => length > 2);
}
