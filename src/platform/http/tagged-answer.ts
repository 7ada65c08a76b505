import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Whether `If-None-Match` lists a tag, by the weak comparison of RFC 9110 (13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return (
    header !== undefined &&
    (header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etag)))
  );
}

/**
 * Sends a response; a public one with its `ETag`, or as 304 to a client that has it. The tag is weak, since compressed
 * and plain bytes share it.
 */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  body: string | Buffer,
): FastifyReply {
  const control = String(reply.getHeader('cache-control'));
  if (reply.statusCode !== 200 || !control.startsWith('public')) return reply.send(body);
  const etag = tagOf(reply, body);
  return sendUnlessKnown(request, reply, etag) ?? reply.send(body);
}

/**
 * The tag of a response with these parts. It includes the type, because each negotiated type is another representation
 * of the same text.
 */
export function tagOf(reply: FastifyReply, ...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256').update(`${String(reply.getHeader('content-type'))}\n`);
  for (const part of parts) hash.update(part);
  return `W/"${hash.digest('base64url')}"`;
}

/** Sends 304 to a client that has the response; undefined: it does not. */
export function sendUnlessKnown(
  request: FastifyRequest,
  reply: FastifyReply,
  etag: string,
): FastifyReply | undefined {
  void reply.header('etag', etag);
  if (!matches(request.headers['if-none-match'], etag)) return undefined;
  void reply.removeHeader('content-type');
  return reply.code(304).send();
}
