import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Whom requests to addresses of clients may reach beside the public internet. */
export interface Reach {
  /** Whether private networks, and this machine, may be reached. */
  readonly allowPrivate: boolean;
  /** Ports at which the service, its database and Redis listen: those of this machine are never reached. */
  readonly ownPorts: readonly number[];
}

/** The ranges that `allowPrivate` opens: RFC 1918, unique local addresses of IPv6, and loopback. All others stay closed. */
const privateRanges = new Set(['private', 'uniqueLocal', 'loopback']);

/** Services of clouds to their own machines, which tell credentials, in ranges that are public or private. */
const neverReached = new Set(['fd00:ec2::254', 'fd00:ec2::253', 'fd20:ce::254', '168.63.129.16']);

/** @returns undefined: the text is no address */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return ipaddr.isValid(address) ? ipaddr.process(address) : undefined;
}

/**
 * Whether an address is one of the public internet. Everything that has a special purpose is not: loopback, private and
 * link-local networks, multicast, and IPv6 forms that hold such an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parse(address);
  if (parsed?.range() !== 'unicast' || neverReached.has(parsed.toString())) return false;
  // The only addresses of IPv6 that are given out for the internet: 2000::/3.
  return !(parsed instanceof ipaddr.IPv6) || (parsed.parts[0] ?? 0) >> 13 === 1;
}

/** @param own addresses of this machine's networks */
function isOwnMachine(parsed: ipaddr.IPv4 | ipaddr.IPv6, own: readonly string[]): boolean {
  if (parsed.range() === 'loopback') return true;
  return own.some((address) => parse(address)?.toString() === parsed.toString());
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));

/**
 * Whether a connection may go to an address, which is no name. Link-local addresses, metadata of clouds, multicast, and whatever else
 * is neither public nor private are never reached, and neither is the service itself.
 */
export function mayReach(
  address: string,
  port: number,
  { allowPrivate, ownPorts }: Reach,
  own: () => readonly string[] = ownAddresses,
): boolean {
  const parsed = parse(address);
  if (!parsed || neverReached.has(parsed.toString())) return false;
  if (ownPorts.includes(port) && isOwnMachine(parsed, own())) return false;
  return isPublicAddress(address) || (allowPrivate && privateRanges.has(parsed.range()));
}
