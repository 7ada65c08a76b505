// Characters that no reader sees and that can disguise a text: C0 and C1 controls but tab and line feed, zero-width
// spaces and word joiners, bidirectional marks, embeddings, overrides and isolates, deprecated format characters,
// interlinear annotations and the byte order mark. ZWNJ and ZWJ stay: Persian and emoji need them.
const invisible =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

/** No writing system stacks more than a handful of marks on one letter; what goes further only defaces a page. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu;

/** More than any letter is written with. Putting a run of marks in order takes quadratic time, so it is cut before. */
const endlessMarks = /(\p{M}{32})\p{M}+/gu;

/** Half of a surrogate pair: not a character, and PostgreSQL refuses it. */
const loneSurrogates = /\p{Cs}/gu;

/**
 * A piece of a text in Unicode NFC, so that equal words are equal bytes; without invisible characters, which disguise it;
 * at most four combining marks on one letter. What and why: docs/decisions/texts.md.
 */
export function cleanText(text: string): string {
  return text
    .replace(loneSurrogates, '')
    .replace(invisible, '')
    .replace(endlessMarks, '$1')
    .normalize('NFC')
    .replace(stackedMarks, '$1');
}

/** The form in which every text is kept: clean, line feeds only, no white space at its ends. */
export function normaliseText(text: string): string {
  return cleanText(text.replace(/\r\n?/g, '\n')).trim();
}

/** `normaliseText` for a text of one line, such as a name or a title: any white space is one space. */
export function normaliseLine(text: string): string {
  return normaliseText(text).replace(/\s+/gu, ' ');
}

/** Whether anything in a normalised text leaves a mark on a page. Hangul fillers and the empty Braille cell do not. */
export function isVisible(text: string): boolean {
  return /[^\p{Z}\p{C}\p{M}\s\u115f\u1160\u2800\u3164\uffa0]/u.test(text);
}
