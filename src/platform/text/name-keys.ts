import skeletonOf from 'unhomoglyph';

/** Longest key, in code units. A key is compared, and never shown. */
const maxKeyLength = 200;

/**
 * Marks that are set on letters of several scripts, such as accents: readers overlook them. Vowel signs of one script, which
 * make another word, stay.
 */
const commonMarks = /(?=\p{M})\p{Script=Inherited}/gu;

/** Everything but letters, digits and the marks that make words: white space, punctuation, symbols, invisible characters. */
const separators = /[^\p{L}\p{M}\p{N}]/gu;

/**
 * Keys of a name: two names that share one look the same to a reader. A key is the name without accents, white space,
 * punctuation and differences of case, in which each character that is easily taken for another one is replaced by it: the
 * skeleton of Unicode Technical Standard 39. The skeleton is made of the name as it is written, in lower case and in upper case,
 * because characters that look the same in one case may differ in the other: `I` and `l`, or the Greek `ν` and `v`.
 * @returns no key, if the name has neither a letter nor a digit
 */
export function nameKeys(name: string): readonly string[] {
  // One character can become eighteen.
  const plain = name
    .normalize('NFKD')
    .replace(commonMarks, '')
    .slice(0, 2 * maxKeyLength);
  const keys = [plain, plain.toLowerCase(), plain.toUpperCase()].map(keyOf).filter((key) => key !== '');
  return [...new Set(keys)].sort();
}

function keyOf(text: string): string {
  const skeleton = skeletonOf(text).normalize('NFKD').replace(commonMarks, '').replace(separators, '');
  // By way of upper case, for letters like `ß` and `ς`, which have no simple equal in the other case.
  return skeleton.toUpperCase().toLowerCase().slice(0, maxKeyLength);
}
