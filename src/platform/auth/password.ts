import { hash, verify } from '@node-rs/argon2';
import { compatible } from '../text/split.ts';

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. The library's default algorithm is
// argon2id; naming it would need a const enum.
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Shortest password, in characters (NIST SP 800-63B). */
export const minPasswordLength = 8;
/** Longest password, in characters: long enough for any passphrase, short enough to hash. */
export const maxPasswordLength = 256;

/** @returns an argon2id hash in PHC format */
export function hashPassword(password: string): Promise<string> {
  return hash(compatible(password), options);
}

/** In place of a hash, for an account without a password: no password matches. */
export const noPassword = '!';

let decoy: Promise<string> | undefined;

/**
 * Compares in the same time whether or not the account exists and has a password, so that the response time reveals
 * neither.
 * @param passwordHash undefined: there is no such account
 */
export async function checkPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password');
  const hasOne = passwordHash !== undefined && passwordHash !== noPassword;
  const matches = await verify(hasOne ? passwordHash : await decoy, compatible(password));
  return matches && hasOne;
}
