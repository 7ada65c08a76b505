import { createHash, createHmac, randomBytes } from 'node:crypto';

/*
 * A refresh token is 48 bytes. The first 16 are common to all tokens of a family, that is of one sign-in; the other 32
 * change with each exchange. The database holds one row for a family: SHA-256 of the common part, by which the row is
 * found, SHA-256 of the token that is good, the same of the one before, and a salt. The next token is the HMAC of the
 * present one under a new random salt, so whoever presents the token before gets the same successor again, which is
 * stored nowhere. Any other token with the common part is an older one: only somebody who has held a token of the family
 * knows that part, so nobody else can end a session by guessing.
 *
 * Hashes and salts sign nobody in. To compute the present token out of a copy of the database, a thief needs the token
 * before it as well, and that exact copy: each exchange takes a new salt. No key of the service is part of the scheme, so
 * a new SESSION_SECRET leaves sessions alone.
 */

const familyBytes = 16;
const tokenBytes = 48;
/** 48 bytes are 64 characters of base64url without a spare bit: one token has one spelling. */
const tokenForm = /^[\w-]{64}$/;

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

/** The first token of a new family. */
export const newRefreshToken = (): string => randomBytes(tokenBytes).toString('base64url');

export const newSuccessorSalt = (): Buffer => randomBytes(32);

/** Hash by which a token is recognised. The version before this one hashed the whole token likewise. */
export const hashToken = (token: string): Buffer => sha256(token);

/** Hash by which a token's family is found; undefined for a token that has none. */
export function familyHashOf(token: string): Buffer | undefined {
  if (!tokenForm.test(token)) return undefined;
  return sha256(Buffer.from(token, 'base64url').subarray(0, familyBytes));
}

/**
 * The token that follows another one: the same for the same salt.
 * @param token of a family, or of the version before: then the successor begins a family
 */
export function successorOf(token: string, salt: Buffer): string {
  const made = createHmac('sha512', salt).update(token).digest().subarray(0, tokenBytes);
  if (tokenForm.test(token)) Buffer.from(token, 'base64url').copy(made, 0, 0, familyBytes);
  return made.toString('base64url');
}
