import { Stripe } from 'stripe';
import {
  ProviderRefusedError,
  ProviderUnknownError,
  type UnknownReason,
} from '../../../platform/payments/provider-errors.ts';

/** Time beyond the client's own timeout, which starts with the connection and is restarted by every byte. */
const graceMs = 2000;

export interface CallOptions {
  /** The method of `Provider`. */
  readonly operation: string;
  readonly timeoutMs: number;
}

/**
 * Waits for an answer of Stripe.
 * @throws ProviderUnknownError, ProviderRefusedError: never an error of the package, which has the request's headers, and
 *   texts and objects in which somebody's address may stand
 */
export async function answerOf<T>({ operation, timeoutMs }: CallOptions, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ProviderUnknownError('NO_ANSWER', { operation })),
      timeoutMs + graceMs,
    );
  });
  try {
    return await Promise.race([call(), late]);
  } catch (error) {
    throw failureOf(error, operation);
  } finally {
    clearTimeout(timer);
  }
}

/** An id that the provider does not know. */
export const isMissing = (error: unknown): boolean =>
  error instanceof ProviderRefusedError && error.code === 'resource_missing';

function failureOf(error: unknown, operation: string): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const details = { operation, httpStatus: error.statusCode, requestId: error.requestId };
  const reason = unknownReasonOf(error);
  if (reason) return new ProviderUnknownError(reason, details);
  return new ProviderRefusedError(error.decline_code ?? error.code ?? error.rawType ?? 'refused', details);
}

/** Undefined: a clear refusal. */
function unknownReasonOf(error: InstanceType<typeof Stripe.errors.StripeError>): UnknownReason | undefined {
  const { errors } = Stripe;
  if (error instanceof errors.StripeConnectionError) return 'NO_ANSWER';
  if (error instanceof errors.StripeRateLimitError) return 'RATE_LIMITED';
  if (error instanceof errors.StripeIdempotencyError) return 'KEY_REUSED';
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError)
    return 'CREDENTIALS';
  if (error.statusCode === 409) return 'IN_PROGRESS';
  const isRefusal =
    error instanceof errors.StripeInvalidRequestError || error instanceof errors.StripeCardError;
  return isRefusal ? undefined : 'PROVIDER_FAULT';
}
