import type { FastifyRequest } from 'fastify';

/** The weight from 0 to 1 that an `Accept…` header gives to a named item (RFC 9110 section 12.4.2), or 0. */
export function quality(accept: string, wanted: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim());
    if (name === wanted) return Number(parameters.find((part) => part.startsWith('q='))?.slice(2) ?? 1) || 0;
  }
  return 0;
}

/**
 * Whether a request comes from a browser's address bar or link: a GET or HEAD whose `Accept` names HTML and rates it
 * above JSON. A bare wildcard (curl, fetch) is a program.
 */
export function prefersHtml({ method, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const accept = headers.accept ?? '';
  const json = ['application/json', 'application/graphql-response+json'].map((type) => quality(accept, type));
  return quality(accept, 'text/html') > Math.max(...json);
}

/**
 * The policy for a page that fetches from this server and opens sockets here. `'self'` covers sockets in current browsers; older Safari
 * wants them by name. The name is that of the service, never that of the request, which a client chooses.
 * @param siteUrl the service's public URL
 */
export const connectSources = (siteUrl: string): string =>
  `connect-src 'self' ${new URL(siteUrl).origin.replace(/^http/, 'ws')}`;
