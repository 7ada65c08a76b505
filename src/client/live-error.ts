import type { GraphQLFormattedError } from 'graphql';

/**
 * What ended a subscription:
 * - `refused`: the service refused the operation; `code` and `errors` say why, see `docs/errors.md`.
 * - `closed`: the socket was closed with a code after which the same client would be closed again; it is `closeCode`.
 * - `token`: the service refused a token, was given the same one again, and refused it again.
 * - `document`: the document does not select what resuming needs.
 * - `handler`: `onEvent` or `onState` threw; what it threw is `cause`. The cursor stands before that event.
 */
export type LiveErrorKind = 'refused' | 'closed' | 'token' | 'document' | 'handler';

interface Details {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly closeCode?: number;
  readonly cause?: unknown;
}

/** Why a subscription ended for good. Interruptions that pass are no errors. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly kind: LiveErrorKind;
  /** Of `refused`: the first error's `extensions.code`. */
  readonly code: string | undefined;
  /** Of `refused`: what the service answered; otherwise empty. */
  readonly errors: readonly GraphQLFormattedError[];
  /** Of `closed` and `token`: the WebSocket's close code. */
  readonly closeCode: number | undefined;

  constructor(kind: LiveErrorKind, message: string, { errors = [], closeCode, cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.errors = errors;
    this.closeCode = closeCode;
    const code = errors[0]?.extensions?.code;
    this.code = typeof code === 'string' ? code : undefined;
  }

  /** For logs: JSON leaves an error's message out. */
  toJSON(): Record<string, unknown> {
    const { kind, code, message, errors, closeCode } = this;
    return { kind, code, message, closeCode, ...(errors.length > 0 ? { errors } : {}) };
  }
}

/** Why there is no connection at the moment. */
export interface Interruption {
  /** The WebSocket's close code, where it was closed with one. */
  readonly closeCode: number | undefined;
  readonly reason: string;
}

/**
 * @param cause whatever a WebSocket or graphql-ws gives: a close event, an error, an event of the platform
 * @param otherwise the reason where the cause gives none
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
 * Close codes after which coming back can't help: the same client would send the same again. graphql-ws gives up after
 * more of them. A proxy's or server's passing fault (1011, 1015, 4500), a line that garbles (1002, 1007), an id in use (4409:
 * the next socket knows none) and too many sockets of one account (4429: one of them may be closed any time) are worth another
 * try, and so is whatever is not known here.
 */
const fatalCloseCodes: ReadonlySet<number> = new Set([
  1003, // data of a kind that is not taken
  1008, // policy
  1009, // a message over 64 KiB
  1010, // a missing extension of WebSocket
  4400, // not the protocol
  4401, // subscribed before the connection was acknowledged
  4406, // another protocol
]);

/** @returns the error to end with; undefined: come back */
export function fatalClose({ closeCode, reason }: Interruption): LiveError | undefined {
  if (closeCode === undefined || !fatalCloseCodes.has(closeCode)) return undefined;
  return new LiveError('closed', `The service closed the socket: ${closeCode} ${reason}`, { closeCode });
}
