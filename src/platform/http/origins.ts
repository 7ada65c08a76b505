import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/*
 * Which pages are the service's own is a matter of configuration: of PUBLIC_URL. The Host header says at what name a browser found
 * the service, and anybody's name can be made to lead here (DNS rebinding): a page below such a name would be an "own" one. The header
 * counts where no DNS was asked: an IP address, and `localhost`. So a service without PUBLIC_URL is used on its machine and in its
 * network, and any service through a tunnel. This file is the only one that reads the header; the linter finds others.
 */

type OriginHeaders = Pick<IncomingHttpHeaders, 'origin' | 'host'>;

/** Whether a browser asks no DNS for a URL's host name. */
const needsNoDns = (hostname: string): boolean =>
  hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;

/** Whether a request has to be answered with 400 because it names no host (RFC 9112, section 3.2). */
export const lacksHost = ({ httpVersion, headers }: IncomingMessage): boolean =>
  // eslint-disable-next-line no-restricted-syntax -- The one place.
  httpVersion === '1.1' && headers.host === undefined;

/** Whether an origin is an address, and the one at which a browser has sent the request. */
function isOwnAddress(origin: string, headers: OriginHeaders): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname, host, origin: parsed } = new URL(origin);
  // eslint-disable-next-line no-restricted-syntax -- The one place.
  return parsed === origin && needsNoDns(hostname) && host === headers.host;
}

/**
 * Whether an origin is the service's own.
 * @param siteUrl the service's public URL
 */
export const isOwnOrigin = (origin: string, headers: OriginHeaders, siteUrl: string): boolean =>
  origin === new URL(siteUrl).origin || isOwnAddress(origin, headers);

/**
 * Whether a browser's page may use the service: pages of the allowed origins, and of the service itself by an address. Programs
 * send no Origin and are not concerned.
 * @param allowed with the origin of PUBLIC_URL: `Config.pageOrigins`
 */
export function isAllowedOrigin(headers: OriginHeaders, allowed: readonly string[]): boolean {
  const { origin } = headers;
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return isOwnAddress(origin, headers);
}

/**
 * Whether a page may open a stream or a socket. As `isAllowedOrigin`; besides, a request of a browser without an origin
 * must not come from another site: images, scripts, frames and links (`no-cors`, `navigate`) send such requests. The
 * embedding page could read nothing, and would use up its visitor's connections. `EventSource`, `fetch` and `WebSocket`
 * send their origin, so an allowed one is never refused here; nor are programs, and typed addresses.
 */
export function mayOpenStream(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin === undefined && (site === 'cross-site' || site === 'same-site')) return false;
  return isAllowedOrigin(headers, allowed);
}

/**
 * Whether a request for what anybody may read comes from a program, from a page that may use the service, or from a
 * reader who follows a link or types an address. Everything else a browser fetches for a page of another site, which
 * could read nothing and would use up its visitor's budget: images, scripts, frames, and links that are fetched ahead.
 */
export function mayRead(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': goal = 'document' } = headers;
  const isFollowed = mode === 'navigate' && goal === 'document' && headers['sec-purpose'] === undefined;
  return isFollowed ? isAllowedOrigin(headers, allowed) : mayOpenStream(headers, allowed);
}

/** Whether a request is a CORS preflight. */
export const isPreflight = ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
