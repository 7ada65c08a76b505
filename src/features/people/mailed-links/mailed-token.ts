import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits: the token of a mailed link, or the secret of a client that has signed up. */
export const newMailedToken = (): string => randomBytes(32).toString('base64url');

/** Length of these texts, in characters. */
export const maxMailedTokenLength = 43;

/** The hash by which a token is found and a secret compared; a copy of the database gives nobody a link. */
export const hashMailedToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export const isSecret = (secret: string, hash: Buffer): boolean =>
  timingSafeEqual(hashMailedToken(secret), hash);
