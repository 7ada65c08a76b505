import type { Queryable } from '../../../platform/db/database.ts';
import type { BalanceChange, Provider } from '../../../platform/payments/provider.ts';
import { isCurrencyCode } from '../money/currency.ts';
import { formatMoney } from '../money/money.ts';
import { selectFirstLaunch, selectKnownKeys, selectSlugsByRef } from './reconcile.queries.ts';

/** A difference between what is stored here and what is true elsewhere. */
export interface Difference {
  /** The article of the campaign; undefined: no campaign is known. */
  readonly slug: string | undefined;
  readonly text: string;
}

/** A change of the balance at the provider that has to have a row here. */
interface Expected {
  readonly change: BalanceChange;
  /** The provider's id of what has the row. */
  readonly ref: string;
  /** Our key of it; undefined: it was not made by this service. */
  readonly key: string | undefined;
}

/** Our keys are UUIDs; the metadata of what else uses the account may be anything. */
const keyPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Looks for money that moved at the provider and is unknown here, since the first campaign was launched: what has one of our
 * keys, and refunds and disputes of payments that are known here. What else uses the same account is left out.
 */
export async function* unknownChanges(db: Queryable, provider: Provider): AsyncGenerator<Difference> {
  const since = (await selectFirstLaunch(db, provider.testMode)) ?? new Date(0);
  for (let after: string | undefined; ;) {
    const { items, next } = await provider.listBalanceChanges({ since, after });
    yield* await unknownOf(db, items);
    if (next === undefined) return;
    after = next;
  }
}

async function unknownOf(db: Queryable, changes: readonly BalanceChange[]): Promise<Difference[]> {
  const expected = changes.flatMap((change) => expectedOf(change) ?? []);
  if (expected.length === 0) return [];
  const refs = expected.flatMap(({ ref, change }) => [ref, change.paymentRef ?? ref]);
  const slugs = await selectSlugsByRef(db, refs);
  const missing = expected.filter(({ ref }) => !slugs.has(ref));
  const keys = missing.flatMap(({ key }) => key ?? []);
  // A row whose call was not answered has our key alone.
  const known = keys.length > 0 ? await selectKnownKeys(db, keys) : new Set<string>();
  return missing.flatMap(({ change, ref, key }) => {
    const slug = slugs.get(change.paymentRef ?? '');
    if (key === undefined ? slug === undefined : known.has(key)) return [];
    return { slug, text: `${textOf(change, ref)} is at the provider, and unknown here` };
  });
}

/** Undefined for what has no row: fees, and what is no part of campaigns. */
function expectedOf(change: BalanceChange): Expected | undefined {
  const { kind, sourceRef, paymentRef, paymentKey, refundKey, payoutKey } = change;
  const row = (ref: string | undefined, key: string | undefined): Expected | undefined =>
    ref === undefined ? undefined : { change, ref, key: keyPattern.test(key ?? '') ? key : undefined };
  switch (kind) {
    case 'PAYMENT':
      return row(paymentRef, paymentKey);
    case 'REFUND':
      return row(sourceRef, refundKey);
    case 'DISPUTE':
      return row(sourceRef, undefined);
    case 'TRANSFER':
      return row(sourceRef, payoutKey);
    case 'REVERSAL':
    case 'FEE':
    case 'OTHER':
      return undefined;
  }
}

function textOf({ kind, at, currency, minorUnits }: BalanceChange, ref: string): string {
  const amount = isCurrencyCode(currency)
    ? formatMoney({ minorUnits, currency })
    : `${minorUnits} minor units of ${currency}`;
  return `${kind.toLowerCase()} ${ref} (${amount}, ${at.toISOString()})`;
}
