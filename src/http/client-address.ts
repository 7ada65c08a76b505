import type { IncomingMessage } from 'node:http';

/**
 * The client's address, by the rule that Fastify has for requests: a proxy's header counts only where every proxy is
 * trusted.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = request.headers['x-forwarded-for'];
  if (trustProxy && typeof forwarded === 'string') return forwarded.split(',')[0]?.trim() ?? '';
  return request.socket.remoteAddress ?? '';
}
