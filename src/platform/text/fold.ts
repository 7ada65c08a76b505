/**
 * The form of a text in which words are compared: compatibility characters are resolved (NFKC), case is folded in full,
 * characters that nobody sees are left out, and a run of white space is one space (Unicode's NFKC_Casefold, and spaces). Every
 * character knows the piece of the original that it was made of.
 */
export interface FoldedText {
  readonly original: string;
  readonly length: number;
  /** Code points of the folded text. */
  readonly points: Int32Array;
  /** Begin and end, in the original, of the piece of which a code point was made. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Kind of each code point: see `charKinds`. */
  readonly kinds: Uint8Array;
}

/** Kinds of characters: those that belong to no word, those of words, and those of words in a script without spaces. */
export const charKinds = { other: 0, word: 1, unspaced: 2 } as const;

/** Turkish and Azerbaijani have an i with a dot and one without; Unicode's case folding knows no other exception. */
export type FoldRule = 'default' | 'turkic';

/** The rule by which words of a language are folded. @param language a BCP 47 tag; null: none in particular */
export function foldRuleOf(language: string | null): FoldRule {
  return language !== null && /^(tr|az)(-|$)/i.test(language) ? 'turkic' : 'default';
}

const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

// A character with what normalisation may join to it: marks, the vowels and finals of Hangul, and the voice marks of half-width
// Katakana. The number is bounded, because normalisation sorts a run of marks in quadratic time.
const piece =
  /[^](?:[\p{M}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7fb\uff9e\uff9f\uffa0-\uffdc]){0,32}/gu;

const wordChar = /[\p{L}\p{M}\p{N}]/u;
const unspacedChar =
  /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const space = 0x20;

function kindOf(char: string): number {
  if (!wordChar.test(char)) return charKinds.other;
  return unspacedChar.test(char) ? charKinds.unspaced : charKinds.word;
}

/** A folded piece: its code points and their kinds, one after the other. */
type FoldedPiece = readonly number[];

function foldPiece(text: string, rule: FoldRule): FoldedPiece {
  const plain = text.replace(ignorable, '').normalize('NFKC');
  // To lower case first as well: the capital ẞ has no other upper case, and that of its small letter is SS.
  const folded =
    rule === 'turkic'
      ? plain.toLocaleLowerCase('tr').toLocaleUpperCase('tr').toLocaleLowerCase('tr')
      : plain.toLowerCase().toUpperCase().toLowerCase();
  const kept = folded.normalize('NFKC').replace(ignorable, '');
  return [...kept].flatMap((char) =>
    /\s/u.test(char) ? [space, charKinds.other] : [char.codePointAt(0) ?? space, kindOf(char)],
  );
}

/** Most pieces that are remembered for each rule. */
const mostPieces = 8192;
const knownPieces: Record<FoldRule, Map<string, FoldedPiece>> = { default: new Map(), turkic: new Map() };

function foldedPiece(text: string, rule: FoldRule): FoldedPiece {
  const known = knownPieces[rule];
  let folded = known.get(text);
  if (folded === undefined) {
    folded = foldPiece(text, rule);
    if (known.size >= mostPieces) known.clear();
    known.set(text, folded);
  }
  return folded;
}

/** Code points in numbers that grow with the text. */
class Points {
  points: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
  kinds: Uint8Array;
  length = 0;

  constructor(size: number) {
    this.points = new Int32Array(size);
    this.starts = new Int32Array(size);
    this.ends = new Int32Array(size);
    this.kinds = new Uint8Array(size);
  }

  add(point: number, kind: number, start: number, end: number): void {
    const at = this.length;
    if (point === space && at > 0 && this.points[at - 1] === space) return;
    if (at === this.points.length) this.#grow();
    this.points[at] = point;
    this.kinds[at] = kind;
    this.starts[at] = start;
    this.ends[at] = end;
    this.length = at + 1;
  }

  #grow(): void {
    const larger = new Points(2 * this.points.length + 16);
    larger.points.set(this.points);
    larger.starts.set(this.starts);
    larger.ends.set(this.ends);
    larger.kinds.set(this.kinds);
    ({ points: this.points, starts: this.starts, ends: this.ends, kinds: this.kinds } = larger);
  }
}

/** Lower case, digits and spaces of ASCII, whose folding needs no table; -1: another character. */
const plainAscii = Int32Array.from({ length: 128 }, (_, code) => {
  const [folded] = foldPiece(String.fromCharCode(code), 'default');
  return folded ?? -1;
});
const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)));
const capitalI = 0x49;

/** Folds a text, in time that grows with its length alone. */
export function foldText(original: string, rule: FoldRule = 'default'): FoldedText {
  const found = new Points(original.length);
  let at = 0;
  while (at < original.length) {
    const code = original.charCodeAt(at);
    const next = original.charCodeAt(at + 1);
    // Nothing joins to a character that is followed by one of ASCII, or by the end.
    const isPlain = code < 128 && !(next >= 128) && !(rule === 'turkic' && code === capitalI);
    if (isPlain) {
      found.add(plainAscii[code] ?? code, asciiKinds[code] ?? 0, at, at + 1);
      at += 1;
      continue;
    }
    piece.lastIndex = at;
    const [text = ''] = piece.exec(original) ?? [];
    const end = at + Math.max(text.length, 1);
    const folded = foldedPiece(text, rule);
    for (let n = 0; n < folded.length; n += 2) found.add(folded[n] ?? 0, folded[n + 1] ?? 0, at, end);
    at = end;
  }
  const { points, starts, ends, kinds, length } = found;
  return { original, length, points, starts, ends, kinds };
}

/** A folded text as a string. */
export function foldedString({ points, length }: FoldedText): string {
  const parts: string[] = [];
  for (let at = 0; at < length; at += 4096)
    parts.push(String.fromCodePoint(...points.subarray(at, Math.min(length, at + 4096))));
  return parts.join('');
}

/** Whether a word may begin or end before a code point: not between two characters of a script that puts spaces between words. */
export function isBoundary({ kinds, length }: FoldedText, at: number): boolean {
  return at <= 0 || at >= length || kinds[at - 1] !== charKinds.word || kinds[at] !== charKinds.word;
}
