import { domainToASCII } from 'node:url';

/** An address of e-mail, with the name that is shown beside it. */
export interface Mailbox {
  /** Empty: the address has no name. */
  readonly name: string;
  readonly address: string;
}

/** Longest address that SMTP carries (RFC 5321, 4.5.3.1.3, with the errata). */
export const maxAddressLength = 254;

/** What separates, quotes or ends an address in a header or an SMTP command, control characters among it. */
const part = String.raw`[^\s\p{C}\u007f<>()\[\],;:\\"@]+`;
const addressForm = new RegExp(`^${part}@${part}$`, 'u');

/** Whether a text is one plain address, which stands in headers and SMTP commands as it is. */
export const isAddress = (text: string): boolean =>
  [...text].length <= maxAddressLength && addressForm.test(text);

/** Whether a text fits one line of a header. */
export const isOneLine = (text: string): boolean => !/[\p{Cc}\u2028\u2029]/u.test(text);

/** Parses `news@example.org` or `The News <news@example.org>`; undefined: it is neither. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, name = '', address = text.trim()] = /^([^<>]*)<([^<>]*)>\s*$/.exec(text) ?? [];
  const plain = name.trim().replace(/^"(.*)"$/s, '$1');
  return isAddress(address) && isOneLine(text) && plain.length <= 100 ? { name: plain, address } : undefined;
}

/** The domain of an address, in ASCII. */
export const domainOf = (address: string): string =>
  domainToASCII(address.slice(address.lastIndexOf('@') + 1));
