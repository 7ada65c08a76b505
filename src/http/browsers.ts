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
 * Whether an origin is the one at which a browser has sent this request: by its name and port, and unencrypted only where the service
 * is. A proxy in front may not tell whether it has decrypted the request.
 * @param siteUrl the service's public URL
 */
export function isOwnOrigin(origin: string, { host }: FastifyRequest, siteUrl: string): boolean {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin || new URL(origin).host !== host)
    return false;
  return origin.startsWith('https:') || siteUrl.startsWith('http:');
}

/** The policy for a page that fetches from this server and opens sockets here. */
export function connectSources({ host }: FastifyRequest): string {
  // `'self'` covers sockets in current browsers; older Safari wants them by name. The host header comes from the
  // client, so anything that isn't plainly a host name stays out of our header.
  const sockets = /^[a-z0-9.-]+(:\d+)?$/i.test(host) ? ` ws://${host} wss://${host}` : '';
  return `connect-src 'self'${sockets}`;
}
