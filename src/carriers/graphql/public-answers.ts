import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Context } from '../../graphql/context.ts';
import { dependsOnViewer } from '../../graphql/viewer-field.ts';
import { quality } from '../../http/browsers.ts';
import { nothingKept } from '../../http/cache-control.ts';
import { type Beginning, type BodyEncoding, compressBeginning, joinBody } from '../../http/joined-body.ts';
import type { KeptAnswer } from '../../kept/kept-answers.ts';
import type { Admitted } from '../../operations/gate.ts';

/** Request headers by which a cache distinguishes stored responses. */
const vary = 'Accept, Accept-Encoding, Authorization';

/** An operation that ran. */
export interface Answered {
  readonly request: FastifyRequest;
  readonly admitted: Admitted;
  readonly context: Context;
}

/**
 * Whether a successful response is the same for all clients that are signed out: a query by GET, without any credential,
 * that selects nothing that depends on the viewer. Only such a response may be stored by caches, and
 * nothing in it, header or body, may reveal anything of the client that happened to ask first.
 */
export function isPublic(schema: GraphQLSchema, { request, admitted, context }: Answered): boolean {
  return (
    request.method === 'GET' &&
    request.headers.authorization === undefined &&
    context.viewer === null &&
    context.credentialError === undefined &&
    admitted.operation.operation === OperationTypeNode.QUERY &&
    !dependsOnViewer(schema, admitted.document)
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
  const etag = tagOf(reply, body);
  return sendUnlessKnown(request, reply, etag) ?? reply.send(body);
}

/** The tag includes the type, because each negotiated type is another representation of the same text. */
function tagOf(reply: FastifyReply, ...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256').update(`${String(reply.getHeader('content-type'))}\n`);
  for (const part of parts) hash.update(part);
  return `W/"${hash.digest('base64url')}"`;
}

/** Sends 304 to a client that has the response; undefined: it does not. */
function sendUnlessKnown(
  request: FastifyRequest,
  reply: FastifyReply,
  etag: string,
): FastifyReply | undefined {
  void reply.header('etag', etag);
  if (!matches(request.headers['if-none-match'], etag)) return undefined;
  void reply.removeHeader('content-type');
  return reply.code(304).send();
}

/** Shortest body that is compressed, in bytes, as for other responses. */
const leastCompressed = 1024;

/** The encoding of a kept answer that the client likes best; undefined: none is kept in memory. */
function encodingFor({ headers }: FastifyRequest): BodyEncoding | undefined {
  if (headers['x-no-compression'] !== undefined) return undefined;
  const accepted = String(headers['accept-encoding'] ?? '');
  const [br, gzip] = [quality(accepted, 'br'), quality(accepted, 'gzip')];
  if (br === 0 && gzip === 0) return undefined;
  return br >= gzip ? 'br' : 'gzip';
}

/**
 * Sends an answer that is in memory, with an end of its own.
 * @param end the rest of the body's text
 */
export async function sendKept(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: KeptAnswer,
  end: string,
): Promise<FastifyReply> {
  const { body } = answer;
  const rest = Buffer.from(end);
  if (String(reply.getHeader('cache-control')).startsWith('public')) {
    const variant = `${String(reply.getHeader('content-type'))}\n${end}`;
    let etag = answer.tags.get(variant);
    if (etag === undefined) answer.tags.set(variant, (etag = tagOf(reply, body, rest)));
    const known = sendUnlessKnown(request, reply, etag);
    if (known) return known;
  }
  const encoding = body.length < leastCompressed ? undefined : encodingFor(request);
  if (!encoding) return reply.send(Buffer.concat([body, rest]));
  let beginning = answer.compressed.get(encoding) as Promise<Beginning> | undefined;
  if (!beginning) {
    answer.compressed.set(encoding, (beginning = compressBeginning(body, encoding)));
    beginning.catch(() => answer.compressed.delete(encoding));
  }
  const joined = joinBody(await beginning, rest);
  return reply.header('content-encoding', encoding).send(joined);
}
