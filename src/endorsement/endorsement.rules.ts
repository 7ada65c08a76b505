import { normaliseText } from '../text/plain.ts';
import { requireLine, requireText } from '../text/rules.ts';

/** An optional text; a text of only white space counts as absent. */
function optional(text: string | undefined, check: (text: string) => string): string | null {
  return text === undefined || normaliseText(text) === '' ? null : check(text);
}

/** @throws Refusal TOO_LONG or EMPTY_TEXT */
export const requireStatement = (statement: string | undefined): string | null =>
  optional(statement, (text) => requireText(text, { field: 'statement', max: 2000 }));

/** @throws Refusal TOO_LONG or EMPTY_TEXT */
export const requireAffiliation = (affiliation: string | undefined): string | null =>
  optional(affiliation, (text) => requireLine(text, { field: 'affiliation', max: 120 }));
