import { balanceDirections } from './direction.ts';

// Invisible characters that can disguise a text: C0 and C1 controls except tab and line feed, zero-width spaces and
// word joiners, deprecated format characters, interlinear annotations and the byte order mark. ZWNJ and ZWJ stay: Persian
// and emoji need them. Marks of direction have rules of their own.
const invisible =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]/gu;

/** No writing system stacks more than a handful of marks on one letter; more of them only deface a page. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu;

/**
 * More marks than any letter has. Normalisation sorts a run of marks in quadratic time, and so does the search for longer runs, so
 * the run is cut early.
 */
const endlessMarks = /(\p{M}{8})\p{M}+/gu;

/** Half of a surrogate pair: not a character, and PostgreSQL refuses it. */
const loneSurrogates = /\p{Cs}/gu;

/** Nothing of such a text is to be cleaned. */
const ordinary = /^[\t\n\u0020-\u007e]*$/;

/**
 * Cleans a text: Unicode NFC, so that equal words are equal bytes; no invisible characters, which could disguise the
 * text; marks of direction in pairs alone; at most four combining marks on one letter. Reasons: docs/decisions/texts.md.
 */
export const cleanText = (text: string): string => cleanPiece(balanceDirections(text));

/** As `cleanText`, for a piece of a text whose marks of direction are balanced over all pieces. */
export function cleanPiece(text: string): string {
  if (ordinary.test(text)) return text;
  return text
    .replace(loneSurrogates, '')
    .replace(invisible, '')
    .replace(endlessMarks, '$1')
    .normalize('NFC')
    .replace(stackedMarks, '$1');
}

/** The form in which every text is stored: clean, line feeds only, no white space at its ends. */
export function normaliseText(text: string): string {
  return cleanText(text.replace(/\r\n?/g, '\n')).trim();
}

/** Longest text that is normalised in one piece, in UTF-16 code units: below 5 ms, whatever its characters. */
const pieceLength = 16_384;

/** A character that nothing before it joins, and that joins nothing before it: no mark, and no part of a syllable of Hangul. */
const apart = /[\p{L}\p{N}\p{P}\p{S}\p{Zs}\n](?<![\u1160-\u11ff])/uy;

/**
 * The end of the piece that begins at a place: behind the last line that fits, or before a character that stands apart. Marks of
 * direction are balanced inside a piece, as inside a line.
 */
function endOfPiece(text: string, start: number): number {
  const longest = start + pieceLength;
  if (longest >= text.length) return text.length;
  const line = text.lastIndexOf('\n', longest - 1) + 1;
  if (line > start + pieceLength / 2) return line;
  for (let at = longest; at > start + pieceLength / 2; at--) {
    apart.lastIndex = at;
    if (apart.test(text) && text[at - 1] !== '\r') return at;
  }
  // Half a piece of marks and of parts: none of them is a text.
  return longest;
}

/** The text of `normaliseText` in pieces, before white space is taken off its ends: for a text that would take long. */
export function* normalPieces(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const end = endOfPiece(text, at);
    yield cleanText(text.slice(at, end).replace(/\r\n?/g, '\n'));
    at = end;
  }
}

/** `normaliseText` for a text of one line, such as a name or a title: any white space becomes one space. */
export function normaliseLine(text: string): string {
  return normaliseText(text).replace(/\s+/gu, ' ');
}

/** Whether a normalised text contains a visible character. Hangul fillers and the empty Braille cell are invisible. */
export function isVisible(text: string): boolean {
  return /[^\p{Z}\p{C}\p{M}\s\u115f\u1160\u2800\u3164\uffa0]/u.test(text);
}

let graphemes: Intl.Segmenter | undefined;

/**
 * The initial of a name, as a placeholder of a portrait shows it: what readers call the first letter, in upper case,
 * which may be several code units. In browsers without `Intl.Segmenter` the first code point.
 */
export function initialOf(name: string): string {
  const upper = name.trim().toUpperCase();
  if (!('Segmenter' in Intl)) return [...upper][0] ?? '?';
  graphemes ??= new Intl.Segmenter();
  const [first] = graphemes.segment(upper);
  return first?.segment ?? '?';
}
