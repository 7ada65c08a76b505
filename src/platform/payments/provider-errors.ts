/**
 * - NO_ANSWER: a timeout, or a connection that broke or was never made.
 * - PROVIDER_FAULT: the provider failed (HTTP 5xx), or its answer is unreadable.
 * - IN_PROGRESS: a request with the same key is being worked on (HTTP 409).
 * - KEY_REUSED: a different request was sent under the same key; what that one did has to be looked up.
 * - RATE_LIMITED, CREDENTIALS: this request was not carried out; an earlier one with the same key may have been.
 */
export type UnknownReason =
  'NO_ANSWER' | 'PROVIDER_FAULT' | 'IN_PROGRESS' | 'KEY_REUSED' | 'RATE_LIMITED' | 'CREDENTIALS';

/** Where an answer of the provider came from. */
export interface FailureDetails {
  /** The method of `Provider`. */
  readonly operation: string;
  readonly httpStatus?: number | undefined;
  /** Id of the request in the provider's log, which has the details. */
  readonly requestId?: string | undefined;
}

// The messages are made of codes alone: texts of the provider may quote what was sent.
const describe = ({ operation, httpStatus, requestId }: FailureDetails): string =>
  [operation, httpStatus && `HTTP ${httpStatus}`, requestId && `request ${requestId}`]
    .filter(Boolean)
    .join(', ');

/** The outcome of a call is unknown: look it up before anything is tried again. */
export class ProviderUnknownError extends Error {
  override readonly name = 'ProviderUnknownError';
  readonly reason: UnknownReason;
  readonly details: FailureDetails;

  constructor(reason: UnknownReason, details: FailureDetails) {
    super(`The outcome at the payment provider is unknown: ${reason} (${describe(details)})`);
    this.reason = reason;
    this.details = details;
  }
}

/** The provider has refused a call, and no money has moved. */
export class ProviderRefusedError extends Error {
  override readonly name = 'ProviderRefusedError';
  /** The provider's code, such as `balance_insufficient`, or `amount_invalid` where the amount could not even be sent. */
  readonly code: string;
  readonly details: FailureDetails;

  constructor(code: string, details: FailureDetails) {
    super(`The payment provider refuses: ${code} (${describe(details)})`);
    this.code = code;
    this.details = details;
  }
}

/** A webhook request that is not from the provider, or was signed more than five minutes ago or ahead of now. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}
