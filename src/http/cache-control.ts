import type { FastifyReply } from 'fastify';

/** `Cache-Control` of an answer that no cache may keep. */
export const nothingKept = 'no-store';

/** Whether a cache may keep an answer, be it to ask each time whether it is still the same. Without a word it may not. */
export function mayBeKept(reply: FastifyReply): boolean {
  const control = reply.getHeader('cache-control') ?? reply.raw.getHeader('cache-control');
  return control !== undefined && control !== nothingKept;
}
