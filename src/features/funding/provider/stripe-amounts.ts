import { ProviderRefusedError } from '../../../platform/payments/provider-errors.ts';

/**
 * Amounts as Stripe takes them, which differ from ISO 4217 in some currencies (docs.stripe.com/currencies).
 *
 * A quotient: minor units of Stripe for one of ISO 4217.
 */
const differing: Readonly<Record<string, { readonly times: bigint; readonly by: bigint }>> = {
  // Whole krónur, written with two digits.
  ISK: { times: 100n, by: 1n },
  // Whole ariary, although ISO 4217 has two digits.
  MGA: { times: 1n, by: 100n },
};

const same = { times: 1n, by: 1n };

/** Currencies with three digits, of which the last has to be 0. */
const threeDigits = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);

/** Listed by Stripe without digits, and described with two: an amount could be a hundred times too large. */
const ambiguous = new Set(['UGX']);

const ratioOf = (currency: string) => differing[currency] ?? same;

/**
 * @throws ProviderRefusedError amount_invalid, currency_invalid, before anything is sent
 */
export function toStripeAmount(operation: string, currency: string, minorUnits: bigint): number {
  if (!/^[A-Z]{3}$/.test(currency) || ambiguous.has(currency))
    throw new ProviderRefusedError('currency_invalid', { operation });
  const { times, by } = ratioOf(currency);
  const amount = (minorUnits * times) / by;
  const isWhole =
    amount * by === minorUnits * times && !(threeDigits.has(currency) && minorUnits % 10n !== 0n);
  if (minorUnits <= 0n || !isWhole || amount > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ProviderRefusedError('amount_invalid', { operation });
  return Number(amount);
}

/** @param currency in any case, as Stripe's are lower-case */
export function fromStripeAmount(currency: string, amount: number): bigint {
  if (!Number.isSafeInteger(amount)) throw new Error('An amount of the provider is no safe integer');
  const { times, by } = ratioOf(currency.toUpperCase());
  const scaled = BigInt(amount) * by;
  if (scaled % times !== 0n) throw new Error('An amount of the provider has a fraction of a minor unit');
  return scaled / times;
}
