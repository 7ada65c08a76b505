import type { GraphQLFormattedError } from 'graphql';
import type { RequestErrorCode } from '../errors/errors.ts';
import { streamType } from './event-source.ts';

/** The media type with which the HTTP status describes the operation, and not only the transport. */
export const responseType = 'application/graphql-response+json';

const failures: Partial<Record<RequestErrorCode, number>> = { UNAVAILABLE: 503, RATE_LIMITED: 429 };

/** Refusals of event streams, and of what is no GraphQL, for reasons other than the operation itself. */
const plainFailures: Partial<Record<RequestErrorCode, number>> = {
  ...failures,
  UNAUTHENTICATED: 401,
  ORIGIN_NOT_ALLOWED: 403,
  PROOF_REQUIRED: 403,
  NOT_FOUND: 404,
  TOO_MANY_SUBSCRIPTIONS: 429,
  INTERNAL_SERVER_ERROR: 500,
};

/** The status of a refusal by GET at the address of event streams, and of a refusal that is no GraphQL response. */
export function plainStatus(code: RequestErrorCode): number {
  return plainFailures[code] ?? 400;
}

/** Requests that are not GraphQL requests at all: status 400 with either media type. */
const malformed: ReadonlySet<string> = new Set<RequestErrorCode>([
  'BAD_REQUEST',
  'PERSISTED_QUERY_HASH_MISMATCH',
]);

type Errors = readonly GraphQLFormattedError[];

const codesOf = (errors: Errors): RequestErrorCode[] =>
  errors.map(({ extensions }) => extensions?.code as RequestErrorCode);

const failureOf = (errors: Errors): number | undefined =>
  codesOf(errors)
    .map((code) => failures[code])
    .find((status) => status !== undefined);

/** Whether an operation returned no data: partial data still has status 200. */
const isEmpty = (data: object | null | undefined): boolean =>
  data == null || Object.values(data).every((value) => value === null);

/**
 * The status of a refused request, by GraphQL over HTTP: 400 for clients that accept
 * `application/graphql-response+json`, 200 for those of `application/json`. Limits, invalid tokens and internal errors
 * have their own statuses for both. By GraphQL over SSE, errors of the operation are a result in a stream with status 200.
 */
export function refusedStatus(errors: Errors, type: string): number {
  if (type === streamType) {
    const status = Math.max(...codesOf(errors).map(plainStatus));
    return status === 400 || status === 404 ? 200 : status;
  }
  const failed = failureOf(errors);
  if (failed !== undefined) return failed;
  const codes = codesOf(errors);
  if (codes.includes('UNAUTHENTICATED')) return 401;
  if (codes.includes('INTERNAL_SERVER_ERROR')) return 500;
  return type === responseType || codes.some((code) => malformed.has(code)) ? 400 : 200;
}

/**
 * The status of an operation that ran: 200 whatever its fields threw, if `data` has any value. A client of GraphQL over SSE
 * repeats the request after any other status, also that of a mutation.
 */
export function executedStatus(errors: Errors, data: object | null | undefined, type: string): number {
  if (!isEmpty(data) || type === streamType) return 200;
  const failed = failureOf(errors);
  if (failed !== undefined) return failed;
  // Aborted while the response was made, which counts as a refusal.
  return data === undefined ? refusedStatus(errors, type) : 200;
}
