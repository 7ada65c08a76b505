import { RequestError } from '../errors/errors.ts';
import { toBase64Url } from '../text/base64url.ts';

/** The content of a global id: the type's name and the keys of the row, all decimal numbers. */
export interface GlobalId {
  readonly typeName: string;
  readonly keys: readonly string[];
}

const pattern = /^([A-Za-z]{1,40})((?::\d{1,19}){1,2})$/;
const maxKey = 2n ** 63n - 1n;

/** The longest global id, in characters. */
export const maxIdLength = 120;

/** The opaque id of an object: permanent, and unique among all types (Relay's Object Identification). */
export function encodeGlobalId(typeName: string, ...keys: readonly string[]): string {
  let text = typeName;
  for (const key of keys) text += `:${key}`;
  return toBase64Url(text);
}

/** @returns undefined for any text that `encodeGlobalId` did not write */
export function decodeGlobalId(id: string): GlobalId | undefined {
  if (id.length > maxIdLength) return undefined;
  const match = pattern.exec(Buffer.from(id, 'base64url').toString('latin1'));
  if (!match?.[1] || !match[2]) return undefined;
  const [typeName, keys] = [match[1], match[2].slice(1).split(':')];
  const canonical = keys.every((key) => String(BigInt(key)) === key && BigInt(key) <= maxKey);
  return canonical && encodeGlobalId(typeName, ...keys) === id ? { typeName, keys } : undefined;
}

/**
 * The keys in a global id that must be of one type.
 * @throws RequestError BAD_USER_INPUT for an id of another type, or a text that is no id
 */
export function requireKeys<Count extends 1 | 2>(
  typeName: string,
  count: Count,
  id: string,
): Count extends 1 ? [string] : [string, string] {
  const decoded = decodeGlobalId(id);
  if (decoded?.typeName !== typeName || decoded.keys.length !== count) {
    throw new RequestError(
      'BAD_USER_INPUT',
      `"${id.slice(0, maxIdLength)}" is not the id of ${article(typeName)}.`,
    );
  }
  return decoded.keys as Count extends 1 ? [string] : [string, string];
}

function article(typeName: string): string {
  return `${/^[AEIOU]/.test(typeName) ? 'an' : 'a'} ${typeName}`;
}
