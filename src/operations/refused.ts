import { type GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type RequestError, type RequestErrorCode } from '../errors/errors.ts';

/** The longest message about a document or its variables, in characters: messages quote what was sent. */
const maxMessageLength = 500;
/** As much of a longer message's end is kept: the reason stands there. */
const tailLength = 200;

/** A copy: a slice of a string would keep the whole string in memory. */
function shortened(message: string): string {
  if (message.length <= maxMessageLength) return message;
  const head = message.slice(0, maxMessageLength - tailLength);
  return Buffer.from(`${head}…${message.slice(-tailLength)}`).toString();
}

/**
 * A GraphQL error as its receiver is shown it. Nothing else of the error is kept: a `GraphQLError` holds on to the whole
 * document, and its unformatted stack to the state of the validation.
 */
export function plainError(
  { message, locations }: GraphQLError,
  code: RequestErrorCode,
): GraphQLFormattedError {
  return {
    message: shortened(message),
    ...(locations?.length ? { locations } : {}),
    extensions: { code },
  };
}

/** A request error as its receiver is shown it. */
export function plainRequestError({ message, code, details }: RequestError): GraphQLFormattedError {
  return { message: shortened(message), extensions: { ...details, code } };
}

/** A request that the gate refuses, with the errors that its sender is shown. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super(errors[0]?.message);
    this.errors = errors;
  }
}
