// Invisible characters that can disguise a text: C0 and C1 controls except tab and line feed, zero-width spaces and
// word joiners, bidirectional marks, embeddings, overrides and isolates, deprecated format characters, interlinear
// annotations and the byte order mark. ZWNJ and ZWJ stay: Persian and emoji need them.
const invisible =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

/** No writing system stacks more than a handful of marks on one letter; more of them only deface a page. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu;

/** More marks than any letter has. Normalisation sorts a run of marks in quadratic time, so the run is cut first. */
const endlessMarks = /(\p{M}{32})\p{M}+/gu;

/** Half of a surrogate pair: not a character, and PostgreSQL refuses it. */
const loneSurrogates = /\p{Cs}/gu;

/** Nothing of such a text is to be cleaned. */
const ordinary = /^[\t\n\u0020-\u007e]*$/;

/**
 * Cleans a piece of text: Unicode NFC, so that equal words are equal bytes; no invisible characters, which could
 * disguise the text; at most four combining marks on one letter. Reasons: docs/decisions/texts.md.
 */
export function cleanText(text: string): string {
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
