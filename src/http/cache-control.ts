import type { FastifyReply } from 'fastify';

/** `Cache-Control` of a response that no cache may store. */
export const nothingKept = 'no-store';

/**
 * Whether a cache may store a response, even if it must revalidate it each time. A response without the header may not
 * be stored.
 */
export function mayBeKept(reply: FastifyReply): boolean {
  const control = reply.getHeader('cache-control') ?? reply.raw.getHeader('cache-control');
  return control !== undefined && control !== nothingKept;
}
