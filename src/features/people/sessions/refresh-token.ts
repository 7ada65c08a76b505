import { createHash, createHmac, randomBytes } from 'node:crypto';

/*
 * A refresh token has 48 bytes. The first 16 are common to all tokens of a family, that is, of one sign-in; the other
 * 32 change with each exchange. The database has one row for a family: the SHA-256 of the common part, by which the row
 * is found, the SHA-256 of the current token and of the previous one, and a salt. The next token is the HMAC of the
 * current one under a new random salt, so a client that presents the previous token again gets the same successor,
 * which is not stored anywhere. Any other token with the common part is an older one: only a client that has held a
 * token of the family knows that part, so nobody else can end a session by guessing.
 *
 * Hashes and salts cannot be used to sign in. To compute the current token from a copy of the database, an attacker
 * needs the previous token as well, and exactly that copy, because each exchange uses a new salt. No key of the service
 * is part of the scheme, so a new SESSION_SECRET does not affect sessions.
 */

const familyBytes = 16;
const tokenBytes = 48;
/** Length of a token in characters: 48 bytes are 64 of base64url without a spare bit, so each token has exactly one spelling. */
export const maxRefreshTokenLength = 64;
const tokenForm = /^[\w-]{64}$/;

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

/** The first token of a new family. */
export const newRefreshToken = (): string => randomBytes(tokenBytes).toString('base64url');

export const newSuccessorSalt = (): Buffer => randomBytes(32);

/** Hash by which a token is recognised. */
export const hashToken = (token: string): Buffer => sha256(token);

/** Hash by which a token's family is found; undefined for a text that is no token. */
export function familyHashOf(token: string): Buffer | undefined {
  if (!tokenForm.test(token)) return undefined;
  return sha256(Buffer.from(token, 'base64url').subarray(0, familyBytes));
}

/** The successor of a token; the same token and salt always give the same successor. */
export function successorOf(token: string, salt: Buffer): string {
  const made = createHmac('sha512', salt).update(token).digest().subarray(0, tokenBytes);
  Buffer.from(token, 'base64url').copy(made, 0, 0, familyBytes);
  return made.toString('base64url');
}
