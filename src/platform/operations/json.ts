import { RequestError } from '../errors/errors.ts';

/** Deepest nesting of accepted JSON. */
export const maxJsonDepth = 32;
/** Most values in one JSON text. */
export const maxJsonValues = 10_000;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const openBrace = 0x7b;
/** What gives JSON its shape. A search leaps over spaces and digits, which a loop in this language would take one by one. */
const marks = /[",[\]{}]/g;

/** A quotation mark after an odd number of backslashes is part of the string. */
function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes += 1;
  return backslashes % 2 === 1;
}

/** @returns the index of a string's closing quotation mark; the length of the text where there is none */
function endOfText(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && isEscaped(text, at)) {
    at += 1;
    // Escapes that follow are passed by hand: a search for each would take longer.
    while (text.charCodeAt(at) === backslash) at += 2;
    at = text.indexOf('"', at);
  }
  return at < 0 ? text.length : at;
}

const byteOrderMark = '\ufeff';

/** Takes off the mark that some programs begin UTF-8 with, which a parser of JSON may ignore (RFC 8259, section 8.1). */
export const withoutByteOrderMark = (text: string): string =>
  text.startsWith(byteOrderMark) ? text.slice(1) : text;

/**
 * Bounds the shape of JSON. Text that is no JSON is left to the parser where it shows, so that the number of marks is bounded too: no
 * more brackets close than were opened, and no value has more strings than itself and its name.
 * @throws RequestError BAD_REQUEST for JSON that nests deeper, or has more values, than is accepted
 */
function checkShape(text: string): void {
  let depth = 0;
  let values = 1;
  let strings = 0;
  marks.lastIndex = 0;
  while (depth >= 0 && strings <= 2 * values && marks.test(text)) {
    const at = marks.lastIndex - 1;
    const code = text.charCodeAt(at);
    if (code === quote) {
      strings += 1;
      marks.lastIndex = endOfText(text, at + 1) + 1;
    } else if (code === comma) values += 1;
    else if (code === openBracket || code === openBrace) {
      depth += 1;
      values += 1;
      if (depth > maxJsonDepth)
        throw new RequestError('BAD_REQUEST', `JSON may nest ${maxJsonDepth} levels deep at most.`);
    } else depth -= 1;
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
