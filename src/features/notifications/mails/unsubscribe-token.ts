import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link ends: the daily mail, with all kinds that it has by then, or mails about some kinds. */
export type UnsubscribeScope = 'DAILY' | readonly string[];

/** A link that ends mails, as its token says; whether it is genuine, only the account's key tells. */
export interface UnsubscribeLink {
  readonly accountId: string;
  readonly scope: UnsubscribeScope;
}

// The account's number, the names of the kinds with commas between them (none: the daily mail), and half an HMAC of both.
const [accountBytes, signatureBytes] = [8, 16];
// At most 64 kinds, whose names have at most 40 characters.
const form = /^[\w-]{32,3600}$/;

/** Length of a key in bytes. */
export const unsubscribeKeyBytes = 32;

const signatureOf = (payload: Buffer, key: Buffer): Buffer =>
  createHmac('sha256', key).update('unsubscribe').update(payload).digest().subarray(0, signatureBytes);

/** Makes the token of a link, which has no name, no address and no end. */
export function signUnsubscribe({ accountId, scope }: UnsubscribeLink, key: Buffer): string {
  const account = Buffer.alloc(accountBytes);
  account.writeBigUInt64BE(BigInt(accountId));
  const payload = Buffer.concat([account, Buffer.from(scope === 'DAILY' ? '' : scope.join(','))]);
  return Buffer.concat([payload, signatureOf(payload, key)]).toString('base64url');
}

/** Reads a token; undefined: it is none. */
export function readUnsubscribe(token: string): UnsubscribeLink | undefined {
  if (!form.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.toString('base64url') !== token) return undefined;
  const number = bytes.readBigUInt64BE();
  if (number >= 1n << 63n) return undefined;
  const kinds = bytes.toString('latin1', accountBytes, bytes.length - signatureBytes);
  return { accountId: String(number), scope: kinds === '' ? 'DAILY' : kinds.split(',') };
}

/** Whether a token was signed with a key; without a key the same work is done. */
export function isSignedUnsubscribe(token: string, key: Buffer | undefined): boolean {
  const bytes = Buffer.from(token, 'base64url');
  const payload = bytes.subarray(0, -signatureBytes);
  const signature = signatureOf(payload, key ?? Buffer.alloc(unsubscribeKeyBytes));
  const isEqual = timingSafeEqual(signature, bytes.subarray(-signatureBytes));
  return isEqual && key !== undefined;
}
