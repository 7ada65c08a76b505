import type { GraphQLFormattedError } from 'graphql';

/**
 * Reason why a subscription ended:
 * - `refused`: the service refused the operation; `code` and `errors` say why, see `docs/errors.md`.
 * - `closed`: the socket was closed with `closeCode`, with which it would be closed again after reconnecting.
 * - `token`: the service refused a token, received the same one again, and refused it again.
 * - `document`: the document does not select the fields needed to resume.
 * - `handler`: `onEvent` or `onState` threw `cause`. The cursor stands before that event.
 */
export type LiveErrorKind = 'refused' | 'closed' | 'token' | 'document' | 'handler';

interface Details {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly closeCode?: number;
  readonly cause?: unknown;
}

/** A subscription has ended for good. Temporary interruptions are not errors. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly kind: LiveErrorKind;
  /** For `refused`: the first error's `extensions.code`. */
  readonly code: string | undefined;
  /** For `refused`: the errors of the service's answer; otherwise empty. */
  readonly errors: readonly GraphQLFormattedError[];
  /** For `closed` and `token`: the WebSocket's close code. */
  readonly closeCode: number | undefined;

  constructor(kind: LiveErrorKind, message: string, { errors = [], closeCode, cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.errors = errors;
    this.closeCode = closeCode;
    const code = errors[0]?.extensions?.code;
    this.code = typeof code === 'string' ? code : undefined;
  }

  /** For logs: JSON.stringify omits an error's message. */
  toJSON(): Record<string, unknown> {
    const { kind, code, message, errors, closeCode } = this;
    return { kind, code, message, closeCode, ...(errors.length > 0 ? { errors } : {}) };
  }
}

/** Reason why there is no connection at the moment. */
export interface Interruption {
  /** The WebSocket's close code, if there was one. */
  readonly closeCode: number | undefined;
  readonly reason: string;
}

/**
 * @param cause a close event, an error or another event of a WebSocket or of graphql-ws
 * @param otherwise the reason where the cause contains none
 */
export function interruptionOf(cause: unknown, otherwise = 'The connection was lost'): Interruption {
  const { code, reason, message } = (cause ?? {}) as Record<'code' | 'reason' | 'message', unknown>;
  const text = [reason, message].find((each) => typeof each === 'string' && each !== '');
  return {
    closeCode: typeof code === 'number' ? code : undefined,
    reason: typeof text === 'string' ? text : otherwise,
  };
}

/**
 * Close codes after which reconnecting cannot help, because the same client would send the same again. graphql-ws gives
 * up after more of them. Worth another try are temporary faults of a proxy or server (1011, 1015, 4500), corrupted data
 * (1002, 1007), an id in use (4409: the next socket has none), too many sockets of one account (4429: one of them may
 * close at any time), and unknown codes.
 */
const fatalCloseCodes: ReadonlySet<number> = new Set([
  1003, // unsupported data
  1008, // policy
  1009, // a message over 64 KiB
  1010, // a missing extension of WebSocket
  4400, // not the protocol
  4401, // subscribed before the connection was acknowledged
  4406, // another protocol
]);

/** @returns the error with which to end; undefined: reconnect */
export function fatalClose({ closeCode, reason }: Interruption): LiveError | undefined {
  if (closeCode === undefined || !fatalCloseCodes.has(closeCode)) return undefined;
  return new LiveError('closed', `The service closed the socket: ${closeCode} ${reason}`, { closeCode });
}
