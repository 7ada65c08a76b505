import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { sqlState } from '../db/database.ts';
import { BusyError } from '../fairness/shares.ts';
import { isUnavailable } from '../db/unavailable.ts';
import {
  RequestError,
  type RequestErrorCode,
  requestErrorCodes,
  ShuttingDownError,
} from '../errors/errors.ts';

/** Called once for every fault of the service, with the id that its client receives. */
export type FaultReporter = (errorId: string, error: unknown) => void;

/** Whether a text has the character NUL, which PostgreSQL refuses. */
const isUnstorable = (error: unknown): boolean => ['22021', '22P05'].includes(sqlState(error) ?? '');

function isKnownCode(code: unknown): code is RequestErrorCode {
  return typeof code === 'string' && Object.hasOwn(requestErrorCodes, code);
}

/**
 * Whether GraphQL refused a document or its variables, also through a scalar: such an error has a position in the
 * document and, unlike an error of a resolver, no path in the response.
 */
const isRefusal = (error: GraphQLError): boolean =>
  error.nodes !== undefined && error.path === undefined && !(error.originalError instanceof RequestError);

/** The error that a resolver threw, without GraphQL's wrapping. */
function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError && !isRefusal(error)
    ? originalOf(error.originalError)
    : error;
}

/** PostgreSQL's codes for what loses to other transactions. */
const heldByOthers = new Set(['40001', '40P01', '55P03']);

/** The error for an unavailable database, with the reason if the client can use it. */
function unavailable(error: unknown): RequestError {
  if (error instanceof BusyError) {
    const { message, retryAfterSeconds } = error;
    return new RequestError('UNAVAILABLE', message, { retryAfterSeconds });
  }
  if (!heldByOthers.has(sqlState(error) ?? '')) return new RequestError('UNAVAILABLE');
  const message = 'Somebody else holds what this would change: try again.';
  return new RequestError('UNAVAILABLE', message, { retryAfterSeconds: 2 });
}

/** The error as its client may know it; undefined: a fault to be masked. */
function classify(error: unknown): RequestError | undefined {
  if (error instanceof RequestError) return error;
  if (isUnavailable(error)) return unavailable(error);
  if (isUnstorable(error))
    return new RequestError('BAD_USER_INPUT', 'A text has a character that can not be stored.');
  return undefined;
}

/**
 * Whether an error is the service's fault, and not the request's: then a live connection ends instead of showing the
 * error, and its client reconnects.
 */
export function isFault(error: unknown): boolean {
  const original = originalOf(error);
  if (original instanceof GraphQLError) return false;
  const code = classify(original)?.code;
  return code === undefined || code === 'UNAVAILABLE';
}

/**
 * Converts an error to the form that the client receives, the same on every transport: expected ones with their code,
 * all others masked under an id and reported once.
 */
export function presentError(
  error: unknown,
  report: FaultReporter,
  formatted?: GraphQLFormattedError,
): GraphQLFormattedError {
  const shape = formatted ?? (error instanceof GraphQLError ? error.toJSON() : { message: '' });
  const { path, locations } = shape;
  const where = { ...(path ? { path } : {}), ...(locations ? { locations } : {}) };
  const original = originalOf(error);
  const known = classify(original);
  if (known) {
    if (known.code === 'UNAVAILABLE' && !(known instanceof ShuttingDownError)) report(randomUUID(), original);
    return { message: known.message, ...where, extensions: { ...known.details, code: known.code } };
  }
  // GraphQL's own errors concern only the request.
  if (original instanceof GraphQLError) {
    const { limitCode, code } = { ...original.extensions, ...shape.extensions } as Record<string, unknown>;
    const shown = isKnownCode(limitCode) ? limitCode : isKnownCode(code) ? code : 'BAD_USER_INPUT';
    if (code !== 'INTERNAL_SERVER_ERROR' || isKnownCode(limitCode)) {
      return { message: shape.message, ...where, extensions: { code: shown } };
    }
  }
  const errorId = randomUUID();
  report(errorId, original);
  return {
    message: requestErrorCodes.INTERNAL_SERVER_ERROR,
    ...where,
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}
