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

/**
 * `Cache-Control` of a public response.
 * @param seconds for which caches may store it; they may serve it for as long again while they revalidate
 */
export const publicControl = (seconds: number): string =>
  seconds === 0 ? 'public, no-cache' : `public, max-age=${seconds}, stale-while-revalidate=${seconds}`;

/** Names request headers by which caches distinguish stored responses, beside those that are named already. */
export function addVary(reply: FastifyReply, names: string): void {
  const others = reply.getHeader('vary');
  void reply.header('vary', others === undefined ? names : `${String(others)}, ${names}`);
}
