import { RequestError } from '../../platform/errors/errors.ts';
import { readJson } from '../../platform/operations/json.ts';
import { checkRequest } from '../../platform/operations/operation-request.ts';

/** Limited, because ids are kept in several places; the stock client's have 36 characters. */
export const maxIdLength = 128;

/** A client's message, classified before the protocol's library receives it. */
export type SocketMessage =
  /** For the library, which closes the socket if the message breaks the protocol. */
  | { readonly type: 'pass'; readonly text: string }
  /** An operation that fails by itself, while other operations continue. */
  | { readonly type: 'refuse'; readonly id: string; readonly error: RequestError }
  | { readonly type: 'close'; readonly reason: string };

interface Subscribe {
  readonly id: string;
  readonly payload: Record<string, unknown>;
}

/** The operation that a message subscribes to, if the library would take the message for that. */
function subscribeOf(message: unknown): Subscribe | undefined {
  const { type, id, payload } = (message ?? {}) as Record<string, unknown>;
  if (type !== 'subscribe' || typeof id !== 'string' || id === '' || id.length > maxIdLength)
    return undefined;
  const isRecord = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return isRecord ? { id, payload: payload as Record<string, unknown> } : undefined;
}

/** The same for JSON that nests too deep or holds too much, of which only the id is used. */
function subscribeInBadShape(text: string): Subscribe | undefined {
  try {
    return subscribeOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Classifies a message of a client whose connection is acknowledged. */
export function lookAt(text: string): SocketMessage {
  let message: unknown;
  try {
    message = readJson(text, 'The message');
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const id = subscribeInBadShape(text)?.id;
    return id === undefined ? { type: 'close', reason: error.message } : { type: 'refuse', id, error };
  }
  const subscribe = subscribeOf(message);
  if (subscribe === undefined) return { type: 'pass', text };
  const { id, payload } = subscribe;
  try {
    checkRequest(payload);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { type: 'refuse', id, error };
  }
  if (typeof payload.query === 'string') return { type: 'pass', text };
  // The library requires a text; the gate checks whether the operation is identified in another way.
  return {
    type: 'pass',
    text: JSON.stringify({ id, type: 'subscribe', payload: { ...payload, query: '' } }),
  };
}
