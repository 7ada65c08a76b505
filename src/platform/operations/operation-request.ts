import { RequestError } from '../errors/errors.ts';

/** One operation whose members have the required types. */
export interface OperationRequest {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Document ids, in the members that GraphQL over HTTP and Relay use. */
  readonly documentId: string | undefined;
  readonly id: string | undefined;
}

/** The longest name of an operation and id of a document, in characters. */
export const maxOperationNameLength = 1024;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Received = Readonly<Record<string, unknown>>;

function textOf(received: Received, name: string, max?: number): string | undefined {
  const value = received[name];
  if (value == null) return undefined;
  if (typeof value !== 'string') throw new RequestError('BAD_REQUEST', `\`${name}\` must be a text.`);
  if (max !== undefined && value.length > max)
    throw new RequestError('BAD_REQUEST', `\`${name}\` is longer than ${max} characters.`);
  return value;
}

function recordOf(received: Received, name: string): Record<string, unknown> {
  const value = received[name];
  if (value == null) return {};
  if (!isRecord(value)) throw new RequestError('BAD_REQUEST', `\`${name}\` must be an object.`);
  return value;
}

/**
 * Checks the types of a request's members.
 * @param received one operation as a carrier received it
 * @throws RequestError BAD_REQUEST
 */
export function checkRequest(received: unknown): OperationRequest {
  if (Array.isArray(received))
    throw new RequestError('BAD_REQUEST', 'Send one operation: a list of them is not taken.');
  if (!isRecord(received)) throw new RequestError('BAD_REQUEST', 'Send the operation as a JSON object.');
  return {
    query: textOf(received, 'query'),
    operationName: textOf(received, 'operationName', maxOperationNameLength),
    variables: recordOf(received, 'variables'),
    extensions: recordOf(received, 'extensions'),
    documentId: textOf(received, 'documentId', maxOperationNameLength),
    id: textOf(received, 'id', maxOperationNameLength),
  };
}
