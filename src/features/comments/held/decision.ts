import { requireText } from '../../../platform/text/rules.ts';

/** Most characters of a moderator's reason. */
export const maxReasonLength = 500;

/**
 * A moderator's reason in the form in which it is stored; null: none is given.
 * @throws Refusal TOO_LONG, EMPTY_TEXT
 */
export const keptReason = (reason: string | null | undefined): string | null =>
  reason == null ? null : requireText(reason, { field: 'reason', max: maxReasonLength });
