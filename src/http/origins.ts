import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';

/**
 * Whether a browser's page may talk to the service: pages of the service itself, and of the origins that are allowed.
 * Programs send no Origin and are not concerned.
 * @param host the request's Host header
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Whether a page may open a stream or a socket. As `isAllowedOrigin`; and a browser that names no origin must not say that
 * another site has made it ask: images, scripts, frames and links (`no-cors`, `navigate`) do that, wherever they stand.
 * Such a page could read nothing, and would use up its visitor's connections. `EventSource`, `fetch` and `WebSocket` name
 * their origin, so an allowed one is never refused here; nor are programs, and addresses that somebody types.
 */
export function mayOpenStream(
  { origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders,
  allowed: readonly string[],
): boolean {
  if (origin === undefined && (site === 'cross-site' || site === 'same-site')) return false;
  return isAllowedOrigin(origin, host, allowed);
}

/** Whether a browser asks beforehand if a page of another origin may send a request. */
export const isPreflight = ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
