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
