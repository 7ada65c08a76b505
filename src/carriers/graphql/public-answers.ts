import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLFormattedError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Context } from '../../graphql/context.ts';
import { dependsOnViewer } from '../../graphql/viewer-field.ts';
import { nothingKept } from '../../http/cache-control.ts';
import type { Admitted } from '../../operations/gate.ts';

/** What a cache has to look at before it gives somebody an answer that it kept. */
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
 * Whether an answer is the same for everybody who is signed out: a query by GET, without any credential, that selects
 * nothing that depends on who asks and that went well. Only such an answer may be kept by caches, and nothing in it, header
 * or body, may tell of the client that happened to ask first.
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
 * `Cache-Control` of an answer.
 * @param seconds for which caches may keep what is public; they may go on for as long again while they fetch anew
 */
export function cacheControl(kept: boolean, seconds: number): string {
  if (!kept) return nothingKept;
  return seconds === 0 ? 'public, no-cache' : `public, max-age=${seconds}, stale-while-revalidate=${seconds}`;
}

/** What `If-None-Match` lists, compared as RFC 9110 (13.1.2) has it: weak or strong makes no difference. */
function matches(header: string | undefined, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return (
    header !== undefined &&
    (header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etag)))
  );
}

/** Before an answer: what is not said to be public is kept by nobody. */
export function beginAnswer(reply: FastifyReply): void {
  const others = reply.getHeader('vary');
  void reply.header('vary', others === undefined ? vary : `${String(others)}, ${vary}`);
  void reply.header('cache-control', nothingKept);
}

/**
 * Sends an answer; a public one with its `ETag`, or as 304 to a client that has it. The tag is weak, since compressed and
 * plain bytes share it.
 */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, body: string): FastifyReply {
  const control = String(reply.getHeader('cache-control'));
  if (reply.statusCode !== 200 || !control.startsWith('public')) return reply.send(body);
  // A type that was negotiated is another representation of the same text.
  const type = String(reply.getHeader('content-type'));
  const etag = `W/"${createHash('sha256').update(`${type}\n${body}`).digest('base64url')}"`;
  void reply.header('etag', etag);
  if (!matches(request.headers['if-none-match'], etag)) return reply.send(body);
  void reply.removeHeader('content-type');
  return reply.code(304).send();
}
