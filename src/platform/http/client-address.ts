import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * The address by which limits count: an IPv4 address, in one spelling, or the /64 of an IPv6 one, which is the least
 * that a provider assigns to one customer.
 */
export function countedAddress(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  // The expansion of "::" begins with zeros; of the first four groups no more are needed, unless the tail reaches into
  // them.
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...behind];
  return `${all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** The client's address, by Fastify's rule for requests: a proxy's header counts only if every proxy is trusted. */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = request.headers['x-forwarded-for'];
  const first = trustProxy && typeof forwarded === 'string' ? forwarded.split(',')[0]?.trim() : undefined;
  return countedAddress(first ?? request.socket.remoteAddress ?? '');
}

/**
 * The network of a client as its owner is shown it: the /24 of an IPv4 address, or the /48 of an IPv6 one. Providers assign these
 * to one place or one customer; nothing else is known of where that is.
 * @param address as `countedAddress` returns it
 */
export function networkOf(address: string): string | null {
  const [, ...v4] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(address) ?? [];
  if (v4.length === 3) return `${v4.join('.')}.0/24`;
  const [, ...v6] = /^([\da-f]{1,4}):([\da-f]{1,4}):([\da-f]{1,4}):[\da-f]{1,4}::\/64$/.exec(address) ?? [];
  return v6.length === 3 ? `${v6.join(':')}::/48` : null;
}

/** The token of a browser in the header `standfirst-device`: 22 to 86 characters of base64url; undefined: it sends none. */
export const deviceOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' && header.length <= 86 && /^[\w-]{22,}$/.test(header) ? header : undefined;
