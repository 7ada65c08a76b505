import type { FastifyRequest } from 'fastify';
import { quality } from './accepted.ts';

/**
 * Whether a request comes from a browser's address bar or link: a GET or HEAD whose `Accept` names HTML and rates it
 * above JSON. A bare wildcard (curl, fetch) is a program.
 */
export function prefersHtml(request: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const weight = (type: string): number => quality(request, 'accept', type);
  const json = ['application/json', 'application/graphql-response+json'].map(weight);
  return weight('text/html') > Math.max(...json);
}

/**
 * The policy for a page that fetches from this server and opens sockets here. `'self'` covers sockets in current browsers; older Safari
 * wants them by name. The name is that of the service, never that of the request, which a client chooses.
 * @param siteUrl the service's public URL
 */
export const connectSources = (siteUrl: string): string =>
  `connect-src 'self' ${new URL(siteUrl).origin.replace(/^http/, 'ws')}`;
