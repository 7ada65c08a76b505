import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Answers with the schema as text, or with 304 to a client that has it.
 * @param print called once, at the first request
 */
export function schemaRoute(print: () => string) {
  let printed: { readonly text: string; readonly etag: string } | undefined;
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    printed ??= withTag(print());
    const { text, etag } = printed;
    void reply.headers({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff', etag });
    if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
    return reply.type('text/plain; charset=utf-8').send(text);
  };
}

/** The tag is weak, since compressed and plain bytes share it. */
function withTag(text: string): { readonly text: string; readonly etag: string } {
  return { text, etag: `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}
