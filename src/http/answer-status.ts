import type { GraphQLFormattedError } from 'graphql';
import type { RequestErrorCode } from '../errors/errors.ts';

/** The media type in which a status speaks of the operation, and not of the transport alone. */
export const responseType = 'application/graphql-response+json';

const failures: Partial<Record<RequestErrorCode, number>> = { UNAVAILABLE: 503, RATE_LIMITED: 429 };

/** Refusals that come before an event stream begins, for reasons other than the operation itself. */
const streamFailures: Partial<Record<RequestErrorCode, number>> = {
  ...failures,
  UNAUTHENTICATED: 401,
  ORIGIN_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  TOO_MANY_SUBSCRIPTIONS: 429,
  INTERNAL_SERVER_ERROR: 500,
};

/** The status of an event stream that is refused. */
export function streamStatus(code: RequestErrorCode): number {
  return streamFailures[code] ?? 400;
}

/** Requests that are no GraphQL requests at all are a 400 for everybody. */
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

/** Whether nothing came of an operation: a page of which only a part is missing is still worth a 200. */
const isEmpty = (data: object | null | undefined): boolean =>
  data == null || Object.values(data).every((value) => value === null);

/**
 * The status of a refused request, by GraphQL over HTTP: 400 for clients that ask for `application/graphql-response+json`,
 * 200 for those of `application/json`. Limits, and tokens that prove nothing, have their own for both.
 */
export function refusedStatus(errors: Errors, type: string): number {
  const failed = failureOf(errors);
  if (failed !== undefined) return failed;
  const codes = codesOf(errors);
  if (codes.includes('UNAUTHENTICATED')) return 401;
  if (codes.includes('INTERNAL_SERVER_ERROR')) return 500;
  return type === responseType || codes.some((code) => malformed.has(code)) ? 400 : 200;
}

/** The status of an operation that ran: 200 whatever its fields threw, as long as there is anything in `data`. */
export function executedStatus(errors: Errors, data: object | null | undefined, type: string): number {
  if (!isEmpty(data)) return 200;
  const failed = failureOf(errors);
  if (failed !== undefined) return failed;
  // Given up while the answer was made: a refusal after all.
  return data === undefined ? refusedStatus(errors, type) : 200;
}
