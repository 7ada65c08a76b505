/** Memory for one short text; a page has hundreds, and a buffer of its own for each takes twice as long. */
const scratch = Buffer.allocUnsafe(1024);

/** A text, as UTF-8, in base64url without padding. */
export function toBase64Url(text: string): string {
  if (3 * text.length > scratch.length) return Buffer.from(text).toString('base64url');
  return scratch.toString('base64url', 0, scratch.write(text));
}
