import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestErrorCode } from '../errors.ts';
import type { Context } from '../graphql/context.ts';

const responseType = 'application/graphql-response+json';

const failures: Partial<Record<RequestErrorCode, number>> = { UNAVAILABLE: 503, RATE_LIMITED: 429 };

/** Of what is refused before a stream of events begins, and not for what it asks. */
const streamFailures: Partial<Record<RequestErrorCode, number>> = {
  ...failures,
  UNAUTHENTICATED: 401,
  ORIGIN_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  TOO_MANY_SUBSCRIPTIONS: 429,
  INTERNAL_SERVER_ERROR: 500,
};

/** The status of a stream of events that is refused. */
export function streamStatus(code: RequestErrorCode): number {
  return streamFailures[code] ?? 400;
}

const refusals: ReadonlySet<string> = new Set<RequestErrorCode>([
  'QUERY_TOO_COSTLY',
  'BAD_USER_INPUT',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_NOT_TRUSTED',
  'PERSISTED_QUERY_NOT_FOUND',
]);

/** What is no GraphQL request at all is a 400 for everybody. */
const malformed: ReadonlySet<string> = new Set<RequestErrorCode>([
  'BAD_REQUEST',
  'PERSISTED_QUERY_HASH_MISMATCH',
]);

/** Whether nothing came of it: a page of which only a part is missing is still worth a 200. */
const isEmpty = (data: object | null | undefined): boolean =>
  data == null || Object.values(data).every((value) => value === null);

function isRefused(status: number | undefined, codes: readonly string[]): boolean {
  return (
    codes.some((code) => refusals.has(code)) || (status === 400 && !codes.some((code) => malformed.has(code)))
  );
}

/**
 * Status codes by GraphQL over HTTP. A request that was refused as a whole is a 400 for clients that ask for
 * `application/graphql-response+json`, where a status speaks of the operation, and a 200 for those of `application/json`,
 * where it speaks of the transport. One that failed for us, or came too often, is a 503 or 429 for both. What ran is a
 * 200, whatever its fields threw, as long as there is anything in `data`.
 */
export function statusPlugin(): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ request, response }) => {
          if (response.body.kind !== 'single') return Promise.resolve();
          const { http } = response;
          const { errors, data } = response.body.singleResult;
          const codes = (errors ?? []).map((error) => String(error.extensions?.code));
          const failed = codes
            .map((code) => failures[code as RequestErrorCode])
            .find((status) => status !== undefined);
          const asks = request.http?.headers.get('accept')?.includes(responseType) ?? false;
          if (asks) http.headers.set('content-type', `${responseType}; charset=utf-8`);
          if (failed !== undefined && isEmpty(data)) http.status = failed;
          else if (data === undefined && isRefused(http.status, codes)) http.status = asks ? 400 : 200;
          // What a plugin refused Apollo takes for a fault of ours.
          else if ((http.status ?? 500) >= 500 && codes.some((code) => malformed.has(code)))
            http.status = 400;
          const limited = errors?.find((error) => error.extensions?.code === 'RATE_LIMITED')?.extensions;
          if (limited) http.headers.set('retry-after', String(limited.retryAfterSeconds));
          return Promise.resolve();
        },
      }),
  };
}
