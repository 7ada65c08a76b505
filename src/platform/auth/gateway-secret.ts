import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The header by which gateways of Apollo Federation prove that they are. */
export const gatewayHeader = 'router-authorization';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Tells gateways from other clients.
 * @param secret of all gateways; undefined: nobody is one
 */
export function gatewayCheck(secret: string | undefined): (headers: IncomingHttpHeaders) => boolean {
  if (secret === undefined) return () => false;
  const expected = digest(secret);
  return ({ [gatewayHeader]: given }) =>
    typeof given === 'string' && timingSafeEqual(digest(given), expected);
}
