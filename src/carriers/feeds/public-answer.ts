import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { RequestError, type RequestErrorCode } from '../../platform/errors/errors.ts';
import { addVary, publicControl } from '../../platform/http/cache-control.ts';
import { sendTagged } from '../../platform/http/tagged-answer.ts';
import type { OwnOperation, OwnVariables, PublicReader } from '../../platform/operations/public-reader.ts';

export interface FeedsOptions {
  readonly reader: PublicReader<FastifyRequest>;
  /** The site's public URL, without a slash at its end; known once the service listens. */
  readonly siteUrl: () => string;
  /** Origins of pages that may read: `Config.pageOrigins`. */
  readonly pageOrigins: readonly string[];
  /** Seconds for which caches may store an answer. */
  readonly publicCacheSeconds: number;
}

/** A body that is the same for everybody. */
export interface PublicBody {
  readonly text: string;
  readonly type: string;
  /** An instant; undefined: not known. */
  readonly lastModified?: string | undefined;
}

/** The reason why an operation has no data. */
function refusalOf([error]: readonly GraphQLFormattedError[]): RequestError {
  const { code, ...details } = error?.extensions ?? {};
  return new RequestError(code as RequestErrorCode, error?.message, details);
}

/** The data of an operation. @throws RequestError why there are none */
export async function dataOf<Data, Variables extends OwnVariables>(
  reader: PublicReader<FastifyRequest>,
  operation: OwnOperation<Data, Variables>,
  variables: Variables,
  request: FastifyRequest,
): Promise<Data> {
  const { data, errors } = await reader.run(operation, variables, request);
  if (errors) throw refusalOf(errors);
  return data;
}

/** Sends a body that caches may store, or 304 to a client that has it. */
export function sendPublic(
  request: FastifyRequest,
  reply: FastifyReply,
  { text, type, lastModified }: PublicBody,
  seconds: number,
): FastifyReply {
  addVary(reply, 'accept-encoding');
  void reply.headers({ 'cache-control': publicControl(seconds), 'x-content-type-options': 'nosniff' });
  // Not compared with `If-Modified-Since`: what was removed makes nothing newer, so that a date cannot tell of it.
  if (lastModified !== undefined) void reply.header('last-modified', new Date(lastModified).toUTCString());
  return sendTagged(request, reply.type(`${type}; charset=utf-8`), text);
}
