import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * A machine token is `sf_`, 32 random letters and digits (190 bits), and the CRC-32 of both as 6 letters and digits.
 * Scanners of source code recognise it by its form and confirm the checksum without asking anybody; a mistyped token is
 * refused before the database is asked. The database has the SHA-256 of the whole text.
 */

const prefix = 'sf_';
const randomLength = 32;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const form = /^sf_[0-9A-Za-z]{38}$/;
const checksumLength = 6;

/** CRC-32 in base 62, with leading zeros. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  while (digits.length < checksumLength) {
    digits = `${alphabet.charAt(rest % alphabet.length)}${digits}`;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
}

/** A new token, from the generator of random numbers for cryptography. */
export function newMachineToken(): string {
  const random = Array.from({ length: randomLength }, () => alphabet.charAt(randomInt(alphabet.length)));
  const text = `${prefix}${random.join('')}`;
  return `${text}${checksumOf(text)}`;
}

/** Whether a credential is meant as a machine token: access tokens of sessions begin otherwise. */
export const isMachineToken = (credential: string): boolean => credential.startsWith(prefix);

/** Whether a token has the form and the checksum of one. */
export const isWellFormed = (token: string): boolean =>
  form.test(token) && token.endsWith(checksumOf(token.slice(0, -checksumLength)));

/** The SHA-256 by which a token is recognised: no salt, because 190 random bits cannot be guessed. */
export const hashMachineToken = (token: string): Buffer => createHash('sha256').update(token).digest();
