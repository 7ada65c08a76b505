import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { dependsOnViewer } from '../../platform/graphql/viewer-field.ts';
import { quality } from '../../platform/http/accepted.ts';
import { addVary, nothingKept } from '../../platform/http/cache-control.ts';
import {
  type Beginning,
  type BodyEncoding,
  compressBeginning,
  joinBody,
} from '../../platform/http/joined-body.ts';
import { sendUnlessKnown, tagOf } from '../../platform/http/tagged-answer.ts';
import type { KeptAnswer } from '../../platform/kept/kept-answers.ts';
import type { Admitted } from '../../platform/operations/gate.ts';

/** Request headers by which a cache distinguishes stored responses. */
const vary = 'accept, accept-encoding, authorization';

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

/** Sets headers before the response is made: by default it may not be stored. */
export function beginAnswer(reply: FastifyReply): void {
  addVary(reply, vary);
  void reply.header('cache-control', nothingKept);
}

/** Shortest body that is compressed, in bytes, as for other responses. */
const leastCompressed = 1024;

/** The encoding of a kept answer that the client likes best; undefined: it likes one better in which none is kept. */
function encodingFor(request: FastifyRequest): BodyEncoding | undefined {
  if (request.headers['x-no-compression'] !== undefined) return undefined;
  const weight = (encoding: string): number => quality(request, 'accept-encoding', encoding);
  const [br, gzip] = [weight('br'), weight('gzip')];
  const best = Math.max(br, gzip);
  if (best === 0 || ['identity', 'deflate'].some((other) => weight(other) > best)) return undefined;
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
    beginning.then(
      ({ bytes }) => answer.addCompressed(bytes.length),
      () => answer.compressed.delete(encoding),
    );
  }
  const joined = joinBody(await beginning, rest);
  return reply.header('content-encoding', encoding).send(joined);
}
