import { normaliseText } from '../../platform/text/plain.ts';
import { requireLine, requireText } from '../../platform/text/rules.ts';

/** Most characters of an endorsement's texts. */
export const maxStatementLength = 2000;
export const maxAffiliationLength = 120;

/** An optional text; a text of only white space counts as absent. */
function optional(text: string | undefined, check: (text: string) => string): string | null {
  return text === undefined || normaliseText(text) === '' ? null : check(text);
}

/** @throws Refusal TOO_LONG or EMPTY_TEXT */
export const requireStatement = (statement: string | undefined): string | null =>
  optional(statement, (text) => requireText(text, { field: 'statement', max: maxStatementLength }));

/** @throws Refusal TOO_LONG or EMPTY_TEXT */
export const requireAffiliation = (affiliation: string | undefined): string | null =>
  optional(affiliation, (text) => requireLine(text, { field: 'affiliation', max: maxAffiliationLength }));
