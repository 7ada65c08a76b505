import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';

/**
 * Whether a browser's page may use the service: pages of the service itself, and of the allowed origins. Programs send
 * no Origin and are not concerned.
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
 * Whether a page may open a stream or a socket. As `isAllowedOrigin`; besides, a request of a browser without an origin
 * must not come from another site: images, scripts, frames and links (`no-cors`, `navigate`) send such requests. The
 * embedding page could read nothing, and would use up its visitor's connections. `EventSource`, `fetch` and `WebSocket`
 * send their origin, so an allowed one is never refused here; nor are programs, and typed addresses.
 */
export function mayOpenStream(
  { origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders,
  allowed: readonly string[],
): boolean {
  if (origin === undefined && (site === 'cross-site' || site === 'same-site')) return false;
  return isAllowedOrigin(origin, host, allowed);
}

/**
 * Whether a request for what anybody may read comes from a program, from a page that may use the service, or from a
 * reader who follows a link or types an address. Everything else a browser fetches for a page of another site, which
 * could read nothing and would use up its visitor's budget: images, scripts, frames, and links that are fetched ahead.
 */
export function mayRead(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host, 'sec-fetch-mode': mode, 'sec-fetch-dest': goal = 'document' } = headers;
  const isFollowed = mode === 'navigate' && goal === 'document' && headers['sec-purpose'] === undefined;
  return isFollowed ? isAllowedOrigin(origin, host, allowed) : mayOpenStream(headers, allowed);
}

/** Whether a request is a CORS preflight. */
export const isPreflight = ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
