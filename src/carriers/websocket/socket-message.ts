import { RequestError } from '../../errors/errors.ts';
import { readJson } from '../../operations/json.ts';
import { checkRequest } from '../../operations/operation-request.ts';

/** Ids are kept in several places; the stock client's have 36 characters. */
export const maxIdLength = 128;

/** A client's message, looked at before the protocol's library gets it. */
export type SocketMessage =
  /** For the library, which closes the socket for whatever breaks the protocol. */
  | { readonly type: 'pass'; readonly text: string }
  /** An operation that fails by itself, and its neighbours go on. */
  | { readonly type: 'refuse'; readonly id: string; readonly error: RequestError }
  | { readonly type: 'close'; readonly reason: string };

interface Subscribe {
  readonly id: string;
  readonly payload: Record<string, unknown>;
}

/** The operation that a message subscribes to, where the library would take the message for that. */
function subscribeOf(message: unknown): Subscribe | undefined {
  const { type, id, payload } = (message ?? {}) as Record<string, unknown>;
  if (type !== 'subscribe' || typeof id !== 'string' || id === '' || id.length > maxIdLength)
    return undefined;
  const isRecord = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return isRecord ? { id, payload: payload as Record<string, unknown> } : undefined;
}

/** The same, of JSON that nests too deep or holds too much: only its id is looked at. */
function subscribeInBadShape(text: string): Subscribe | undefined {
  try {
    return subscribeOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Looks at a message of a client that was greeted. */
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
  // The library insists on a text; the gate finds out whether the operation is named in another way.
  return {
    type: 'pass',
    text: JSON.stringify({ id, type: 'subscribe', payload: { ...payload, query: '' } }),
  };
}
