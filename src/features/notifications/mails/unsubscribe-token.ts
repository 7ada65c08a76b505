import { createHmac, timingSafeEqual } from 'node:crypto';
import { type NotificationKind, notificationKinds } from '../inbox/notification-kinds.ts';

/** What a link ends: the daily mail, with all kinds that it has by then, or mails about some kinds. */
export type UnsubscribeScope = 'DAILY' | readonly NotificationKind[];

/** A link that ends mails, as its token says; whether it is genuine, only the account's key tells. */
export interface UnsubscribeLink {
  readonly accountId: string;
  readonly scope: UnsubscribeScope;
}

// The account's number, the kinds as bits in the order of their list (none: the daily mail), and half an HMAC of both. The
// list only ever grows at its end, so that links of old mails keep their meaning.
const [accountBytes, scopeBytes, signatureBytes] = [8, 4, 16];
const payloadBytes = accountBytes + scopeBytes;
const form = /^[\w-]{38}$/;

/** Length of a key in bytes. */
export const unsubscribeKeyBytes = 32;

const signatureOf = (payload: Buffer, key: Buffer): Buffer =>
  createHmac('sha256', key).update('unsubscribe').update(payload).digest().subarray(0, signatureBytes);

/** Makes the token of a link, which has no name, no address and no end. */
export function signUnsubscribe({ accountId, scope }: UnsubscribeLink, key: Buffer): string {
  const payload = Buffer.alloc(payloadBytes);
  payload.writeBigUInt64BE(BigInt(accountId));
  const kinds = scope === 'DAILY' ? [] : scope;
  const bits = kinds.reduce((sum, kind) => sum | (1 << notificationKinds.indexOf(kind)), 0);
  payload.writeUInt32BE(bits, accountBytes);
  return Buffer.concat([payload, signatureOf(payload, key)]).toString('base64url');
}

/** Reads a token; undefined: it is none. */
export function readUnsubscribe(token: string): UnsubscribeLink | undefined {
  if (!form.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const number = bytes.readBigUInt64BE();
  if (number >= 1n << 63n) return undefined;
  const bits = bytes.readUInt32BE(accountBytes);
  const kinds = notificationKinds.filter((_, index) => bits & (1 << index));
  return { accountId: String(number), scope: bits === 0 ? 'DAILY' : kinds };
}

/** Whether a token was signed with a key; without a key the same work is done. */
export function isSignedUnsubscribe(token: string, key: Buffer | undefined): boolean {
  const bytes = Buffer.from(token, 'base64url');
  const signature = signatureOf(bytes.subarray(0, payloadBytes), key ?? Buffer.alloc(unsubscribeKeyBytes));
  const isEqual = timingSafeEqual(signature, bytes.subarray(payloadBytes));
  return isEqual && key !== undefined;
}
