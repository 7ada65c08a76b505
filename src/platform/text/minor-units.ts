/** Digits of the longest amount. Its number is also exact as a JavaScript number. */
export const maxMinorUnitsDigits = 15;

const pattern = new RegExp(String.raw`^(0|[1-9]\d{0,${maxMinorUnitsDigits - 1}})$`);

/**
 * Parses minor units in their one form: decimal digits, without a sign and without leading zeros.
 * @returns undefined for anything else, so that equal amounts always have equal texts
 */
export const parseMinorUnits = (text: string): bigint | undefined =>
  pattern.test(text) ? BigInt(text) : undefined;
