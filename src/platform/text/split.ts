/** Longest text whose compatibility form is made: one character can become eighteen. */
const longest = 1024;

/** The compatibility form (NFKC) of a short text, such as a password: equal texts, however they were typed, are equal bytes. */
export const compatible = (text: string): string => text.slice(0, longest).normalize('NFKC');

/** The words of a text: what stands between characters that are neither letters nor digits. */
export const wordsOf = (text: string): string[] => text.split(/[^\p{L}\p{N}]+/u);

/** A pattern of words in parts: its wildcards, `*` and `?`, and what stands between them. */
export const patternParts = (pattern: string): string[] => pattern.split(/([*?])/u);

/** A text without this character at its end, however often it stands there. */
export function withoutEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
