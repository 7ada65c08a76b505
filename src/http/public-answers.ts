import { createHash } from 'node:crypto';
import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Context } from '../graphql/context.ts';
import { dependsOnViewer } from '../graphql/viewer-field.ts';

/** What a cache has to look at before it gives somebody an answer that it kept. */
const vary = 'Accept, Accept-Encoding, Authorization';

const nothingKept = 'no-store';

/**
 * Whether an answer is the same for everybody who is signed out: a query by GET, without any credential, that selects
 * nothing that depends on who asks and that went well. Only such a one may be kept by caches, and nothing in it, header
 * or body, may tell of the client that happened to ask first.
 */
export function isPublic(schema: GraphQLSchema, answered: GraphQLRequestContext<Context>): boolean {
  const { request, response, operation, document, contextValue } = answered;
  return (
    request.http?.method === 'GET' &&
    request.http.headers.get('authorization') === undefined &&
    contextValue.viewer === null &&
    contextValue.credentialError === undefined &&
    operation?.operation === OperationTypeNode.QUERY &&
    document !== undefined &&
    !dependsOnViewer(schema, document) &&
    response.body?.kind === 'single' &&
    response.body.singleResult.errors === undefined &&
    response.body.singleResult.data != null
  );
}

/** `Cache-Control` and `Vary`: what is public may be kept for so many seconds, everything else not at all. */
export function cachePlugin(schema: GraphQLSchema, seconds: number): ApolloServerPlugin<Context> {
  // While a cache fetches anew it may go on answering with what it has, once more as long.
  const kept =
    seconds === 0 ? 'public, no-cache' : `public, max-age=${seconds}, stale-while-revalidate=${seconds}`;
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: (answered) => {
          const { headers } = answered.response.http;
          headers.set('cache-control', isPublic(schema, answered) ? kept : nothingKept);
          return Promise.resolve();
        },
      }),
  };
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
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, body: unknown): unknown {
  const control = String(reply.getHeader('cache-control'));
  if (typeof body !== 'string' || reply.statusCode !== 200 || !control.startsWith('public')) return body;
  // A type that was negotiated is another representation of the same text.
  const type = String(reply.getHeader('content-type'));
  const etag = `W/"${createHash('sha256').update(`${type}\n${body}`).digest('base64url')}"`;
  void reply.header('etag', etag);
  if (!matches(request.headers['if-none-match'], etag)) return body;
  void reply.removeHeader('content-type');
  return reply.code(304).send();
}
