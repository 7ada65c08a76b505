import { type GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type RequestError, type RequestErrorCode } from '../errors/errors.ts';

/** The longest message about a document or its variables, in characters: messages quote client input. */
const maxMessageLength = 500;
/** Characters that are kept from the end of a longer message, where the reason stands. */
const tailLength = 200;

/** Makes a copy, because a slice of a string would keep the whole string in memory. */
function shortened(message: string): string {
  if (message.length <= maxMessageLength) return message;
  const head = message.slice(0, maxMessageLength - tailLength);
  return Buffer.from(`${head}…${message.slice(-tailLength)}`).toString();
}

/**
 * A GraphQL error in the form in which the client receives it. Copies only these members: a `GraphQLError` references
 * the whole document, and its unformatted stack the state of the validation.
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

/** A request error in the form in which the client receives it. */
export function plainRequestError({ message, code, details }: RequestError): GraphQLFormattedError {
  return { message: shortened(message), extensions: { ...details, code } };
}

/** A request that the gate refuses, with the errors that its sender receives. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super(errors[0]?.message);
  }
}
