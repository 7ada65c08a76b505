import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLFormattedError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Context } from '../../graphql/context.ts';
import { dependsOnViewer } from '../../graphql/viewer-field.ts';
import { nothingKept } from '../../http/cache-control.ts';
import type { Admitted } from '../../operations/gate.ts';

/** Request headers by which a cache distinguishes stored responses. */
const vary = 'Accept, Accept-Encoding, Authorization';

/** An operation that ran, and its result. */
export interface Answered {
  readonly request: FastifyRequest;
  readonly admitted: Admitted;
  readonly context: Context;
  readonly data: object | null | undefined;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

/**
 * Whether a response is the same for all clients that are signed out: a successful query by GET, without any
 * credential, that selects nothing that depends on the viewer. Only such a response may be stored by caches, and
 * nothing in it, header or body, may reveal anything of the client that happened to ask first.
 */
export function isPublic(
  schema: GraphQLSchema,
  { request, admitted, context, data, errors }: Answered,
): boolean {
  return (
    request.method === 'GET' &&
    request.headers.authorization === undefined &&
    context.viewer === null &&
    context.credentialError === undefined &&
    admitted.operation.operation === OperationTypeNode.QUERY &&
    !dependsOnViewer(schema, admitted.document) &&
    errors === undefined &&
    data != null
  );
}

/**
 * `Cache-Control` of a response.
 * @param seconds for which caches may store a public response; they may serve it for as long again while they
 *   revalidate
 */
export function cacheControl(kept: boolean, seconds: number): string {
  if (!kept) return nothingKept;
  return seconds === 0 ? 'public, no-cache' : `public, max-age=${seconds}, stale-while-revalidate=${seconds}`;
}

/** Whether `If-None-Match` lists a tag, by the weak comparison of RFC 9110 (13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return (
    header !== undefined &&
    (header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etag)))
  );
}

/** Sets headers before the response is made: by default it may not be stored. */
export function beginAnswer(reply: FastifyReply): void {
  const others = reply.getHeader('vary');
  void reply.header('vary', others === undefined ? vary : `${String(others)}, ${vary}`);
  void reply.header('cache-control', nothingKept);
}

/**
 * Sends a response; a public one with its `ETag`, or as 304 to a client that has it. The tag is weak, since compressed
 * and plain bytes share it.
 */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, body: string): FastifyReply {
  const control = String(reply.getHeader('cache-control'));
  if (reply.statusCode !== 200 || !control.startsWith('public')) return reply.send(body);
  // The tag includes the type, because each negotiated type is another representation of the same text.
  const type = String(reply.getHeader('content-type'));
  const etag = `W/"${createHash('sha256').update(`${type}\n${body}`).digest('base64url')}"`;
  void reply.header('etag', etag);
  if (!matches(request.headers['if-none-match'], etag)) return reply.send(body);
  void reply.removeHeader('content-type');
  return reply.code(304).send();
}
