import { RequestError } from '../errors/errors.ts';

/** Deepest nesting of accepted JSON. */
export const maxJsonDepth = 32;
/** Most values in one JSON text. */
export const maxJsonValues = 10_000;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openers: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closers: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** A quotation mark after an odd number of backslashes is part of the string. */
function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes += 1;
  return backslashes % 2 === 1;
}

/** @returns the index of a string's closing quotation mark; the length of the text where there is none */
function endOfText(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

const byteOrderMark = '\ufeff';

/** Takes off the mark that some programs begin UTF-8 with, which a parser of JSON may ignore (RFC 8259, section 8.1). */
export const withoutByteOrderMark = (text: string): string =>
  text.startsWith(byteOrderMark) ? text.slice(1) : text;

/** @throws RequestError BAD_REQUEST for JSON that nests deeper, or has more values, than is accepted */
function checkShape(text: string): void {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfText(text, at + 1);
    else if (code === comma) values += 1;
    else if (openers.has(code)) {
      depth += 1;
      values += 1;
      if (depth > maxJsonDepth)
        throw new RequestError('BAD_REQUEST', `JSON may nest ${maxJsonDepth} levels deep at most.`);
    } else if (closers.has(code)) depth -= 1;
    if (values > maxJsonValues)
      throw new RequestError('BAD_REQUEST', `JSON may hold ${maxJsonValues} values at most.`);
  }
}

/**
 * Parses JSON after bounding its shape: each value becomes an object in memory, and much of the code that reads the
 * values is recursive.
 * @param what the noun for messages: "The body", "`variables`"
 * @throws RequestError BAD_REQUEST
 */
export function readJson(text: string, what: string): unknown {
  checkShape(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new RequestError('BAD_REQUEST', `${what} is not JSON.`);
  }
}
