import { patternParts } from '../../platform/text/split.ts';
import { charKinds, type FoldedText, foldText, isBoundary } from '../../platform/text/fold.ts';

/** Most characters of a pattern beside `*`, after folding: the states of its automaton are the bits of one number. */
export const maxPatternLength = 30;
/** Fewest characters that stand together in a pattern: they are looked for first. */
export const minPatternRun = 2;

/** An element of a pattern: a code point, or any character of a word. */
type Element = number | 'any';

/**
 * A word in which `*` is any run of characters of a word, also an empty one, and `?` is one of them. It is matched by an automaton
 * whose states are bits (Baeza-Yates and Gonnet's Shift-And, with the repetitions of Navarro and Raffinot), so that a run of
 * characters is read once, whatever the pattern.
 */
export class WordPattern {
  /** The longest run of code points, which every match contains. */
  readonly literal: readonly number[];
  /** Bit of each state whose element is a certain code point; the last element of a pattern ends in the highest bit. */
  readonly #masks = new Map<number, number>();
  readonly #anyMask: number;
  /** Bits of the states after which `*` stands. */
  readonly #loops: number;
  readonly #last: number;

  private constructor(elements: readonly Element[], loops: number) {
    this.literal = longestRun(elements, loops);
    this.#loops = loops;
    this.#last = 1 << elements.length;
    let any = 0;
    elements.forEach((element, at) => {
      if (element === 'any') any |= 2 << at;
    });
    elements.forEach((element, at) => {
      if (element !== 'any') this.#masks.set(element, (this.#masks.get(element) ?? any) | (2 << at));
    });
    this.#anyMask = any;
  }

  /** @returns undefined for a text that is no pattern of one word, is too long, or has no run that is long enough */
  static parse(text: string, fold: (text: string) => FoldedText = foldText): WordPattern | undefined {
    const elements: Element[] = [];
    let loops = 0;
    for (const part of patternParts(text)) {
      if (part === '*') loops |= 1 << elements.length;
      else if (part === '?') elements.push('any');
      else {
        const { points, kinds, length } = fold(part);
        for (let at = 0; at < length; at += 1) {
          if (kinds[at] === charKinds.other) return undefined;
          elements.push(points[at] ?? 0);
        }
      }
      if (elements.length > maxPatternLength) return undefined;
    }
    const pattern = new WordPattern(elements, loops);
    return pattern.literal.length >= minPatternRun ? pattern : undefined;
  }

  /**
   * Looks for the pattern in a run of characters of words, in one step for each.
   * @returns the position after the first match to end; undefined: there is none
   */
  findEnd(text: FoldedText, from: number, to: number): number | undefined {
    let states = 0;
    for (let at = from; at < to; at += 1) {
      if (isBoundary(text, at)) states |= 1;
      states = ((states << 1) & this.#maskOf(text.points[at])) | (states & this.#loops);
      if ((states & this.#last) !== 0 && isBoundary(text, at + 1)) return at + 1;
    }
    return undefined;
  }

  /** Where the match that ends at a position begins; the latest place, if there are several. */
  findBegin(text: FoldedText, from: number, end: number): number {
    const begins = new Int32Array(32).fill(-1);
    for (let at = from; at < end; at += 1) {
      if (isBoundary(text, at)) begins[0] = at;
      const mask = this.#maskOf(text.points[at]);
      for (let state = 31; state >= 0; state -= 1) {
        const stays = (this.#loops >>> state) & 1 ? (begins[state] ?? -1) : -1;
        const comes = state > 0 && (mask >>> state) & 1 ? (begins[state - 1] ?? -1) : -1;
        begins[state] = Math.max(stays, comes);
      }
    }
    return begins[Math.log2(this.#last)] ?? from;
  }

  #maskOf(point: number | undefined): number {
    return this.#masks.get(point ?? 0) ?? this.#anyMask;
  }
}

/** @param loops bits of the numbers of elements after which `*` stands */
function longestRun(elements: readonly Element[], loops: number): number[] {
  let longest: number[] = [];
  let run: number[] = [];
  elements.forEach((element, at) => {
    if ((loops >>> at) & 1) run = [];
    run = element === 'any' ? [] : [...run, element];
    if (run.length > longest.length) longest = run;
  });
  return longest;
}
