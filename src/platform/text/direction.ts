// Marks of direction in stored texts (Unicode Bidirectional Algorithm, UAX #9). An isolate is read as one piece, so it cannot
// reorder the text beside it, as long as it ends: inside the line in which it begins. An embedding that ends there means the
// same and is stored as an isolate, as UAX #9 recommends. Overrides show letters in another order than the one in which
// they are stored, and are always removed. LRM, RLM and ALM are single invisible letters, and end nothing.

/** Isolates, embeddings, overrides and their ends, and the ends of paragraphs. */
const marks = /[\n\u2029\u202a-\u202e\u2066-\u2069]/gu;

const hasMarks = /[\u202a-\u202e\u2066-\u2069]/u;

/** Most marks of a text that are looked at. A text with more of them is no text, and loses them all. */
const mostMarks = 2000;

function countMarks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if ((unit >= 0x202a && unit <= 0x202e) || (unit >= 0x2066 && unit <= 0x2069)) count += 1;
  }
  return count;
}

const [popIsolate, popEmbedding] = ['\u2069', '\u202c'];
const isolateOf: Readonly<Record<string, string>> = {
  '\u2066': '\u2066',
  '\u2067': '\u2067',
  '\u2068': '\u2068',
  '\u202a': '\u2066',
  '\u202b': '\u2067',
};
const isIsolate = (mark: string | undefined): boolean => mark !== undefined && mark >= '\u2066';

/**
 * Keeps the isolates and embeddings, as isolates, that begin and end in the same line, properly nested. Removes all other ones
 * and all overrides; the text never becomes longer.
 */
export function balanceDirections(text: string): string {
  return balanceAcross([text]).join('');
}

/** As `balanceDirections`, for the pieces of one text. */
export function balanceAcross(pieces: readonly string[]): readonly string[] {
  if (!pieces.some((piece) => hasMarks.test(piece))) return pieces;
  const text = pieces.join('');
  if (countMarks(text) > mostMarks)
    return pieces.map((piece) => piece.replace(/[\u202a-\u202e\u2066-\u2069]+/gu, ''));
  const kept = pairsIn(text);
  let start = 0;
  return pieces.map((piece) => {
    const from = start;
    start += piece.length;
    return piece.replace(marks, (_, at: number) => kept.get(from + at) ?? '');
  });
}

/** Marks, and letters of the scripts that are written from right to left. */
const turning =
  /[\u0590-\u08ff\u200e\u200f\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Characters by whose direction a paragraph is read (UAX #9, P2), as far as there are any in texts that are stored. */
const strong = /[\p{L}\u061c\u200e\u200f]/u;

/** The direction of the first strong character; undefined: there is none. */
export function firstDirection(text: string): 'ltr' | 'rtl' | undefined {
  const [first] = strong.exec(text) ?? [];
  if (first === undefined) return undefined;
  return first !== '\u200e' && turning.test(first) ? 'rtl' : 'ltr';
}

/** Whether a part of a text may be read from right to left. */
export const mayTurn = (text: string): boolean => turning.test(text);

/** A line that people wrote, as a part of a sentence in English: read as one piece, by its own direction. */
export const isolated = (line: string): string => (mayTurn(line) ? `\u2068${line}\u2069` : line);

/** A text without any mark of direction. */
export const withoutDirections = (text: string): string =>
  text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '');

/** The marks that stay, by their places. */
function pairsIn(text: string): ReadonlyMap<number, string> {
  const kept = new Map<number, string>();
  let open: { readonly at: number; readonly mark: string }[] = [];
  for (const { 0: mark, index } of text.matchAll(marks)) {
    if (mark === '\n' || mark === '\u2029') {
      kept.set(index, mark);
      open = [];
    } else if (mark !== popIsolate && mark !== popEmbedding) open.push({ at: index, mark });
    else {
      // An end of isolates ends the embeddings inside it, too; an end of embeddings ends nothing outside of its isolate.
      if (mark === popIsolate) while (open.length > 0 && !isIsolate(open.at(-1)?.mark)) open.pop();
      const begun = open.at(-1);
      if (!begun || isIsolate(begun.mark) !== (mark === popIsolate)) continue;
      open.pop();
      const isolate = isolateOf[begun.mark];
      if (isolate === undefined) continue;
      kept.set(begun.at, isolate);
      kept.set(index, popIsolate);
    }
  }
  return kept;
}
