import type { Queryable } from '../../../platform/db/database.ts';
import { ProviderRefusedError } from '../../../platform/payments/provider-errors.ts';
import type {
  PaymentState,
  Provider,
  RefundState,
  TransferState,
} from '../../../platform/payments/provider.ts';
import { verifyChain } from '../ledger/ledger.ts';
import { selectBalances } from '../ledger/ledger.queries.ts';
import {
  type CampaignAccounts,
  type KnownMovement,
  selectCampaignAccounts,
  selectMovements,
  selectOpenDisputes,
} from './reconcile.queries.ts';
import { type Difference, unknownChanges } from './unknown-changes.ts';

/** Campaigns that are read at once. */
const batch = 100;

/** All campaigns in one mode, in the order of their articles. */
export async function* accountsOf(db: Queryable, testMode: boolean): AsyncGenerator<CampaignAccounts> {
  let after = '0';
  for (;;) {
    const found = await selectCampaignAccounts(db, testMode, { after, limit: batch });
    yield* found;
    const last = found.at(-1);
    if (!last || found.length < batch) return;
    after = last.articleId;
  }
}

/**
 * Compares totals, rows, ledger and provider with each other, for all campaigns in the provider's mode, and looks for what
 * the provider has alone: after a restore, or where a notice was lost. What is under way may show up as a difference: run it
 * again then.
 */
export async function* reconcile(db: Queryable, provider: Provider): AsyncGenerator<Difference> {
  for await (const campaign of accountsOf(db, provider.testMode)) {
    const { slug, articleId } = campaign;
    for (const text of await booksOf(db, campaign)) yield { slug, text };
    for (const movement of await selectMovements(db, articleId)) {
      const text = await differenceOf(provider, movement);
      if (text !== undefined) yield { slug, text };
    }
    for (const dispute of await selectOpenDisputes(db, articleId)) {
      const state = await provider.findDispute(dispute);
      if (state?.status !== 'OPEN')
        yield {
          slug,
          text: `dispute ${dispute} is OPEN here, and ${state?.status ?? 'unknown'} to the provider`,
        };
    }
  }
  yield* unknownChanges(db, provider);
}

/** Compares what is stored with itself. */
async function booksOf(
  db: Queryable,
  { articleId, pledged, collected, paidOut, counted }: CampaignAccounts,
): Promise<string[]> {
  const differences: string[] = [];
  const compare = (what: string, shown: bigint, source: string, sum: bigint): void => {
    if (shown !== sum) differences.push(`${what} is shown as ${shown}, and is ${sum} by ${source}`);
  };
  compare('pledged', pledged, 'the pledges', counted.pledged);
  compare('collected', collected, 'the payments', counted.collected);
  compare('paid out', paidOut, 'the payouts', counted.paidOut);
  const balances = await selectBalances(db, articleId);
  compare('collected', collected, 'the ledger', -balances.BACKER);
  compare('paid out', paidOut, 'the ledger', balances.JOURNALIST);
  const fault = await verifyChain(db, articleId);
  if (fault) differences.push(`transaction ${fault.sequence} of the ledger ${fault.reason}`);
  return differences;
}

/** States in which money has moved, by the names of both sides. */
const moved: ReadonlySet<string> = new Set(['SUCCEEDED', 'PAID']);

async function differenceOf(provider: Provider, movement: KnownMovement): Promise<string | undefined> {
  const { table, id, status, amount, providerRef } = movement;
  const name = `${table} ${id} (${providerRef ?? 'without an id of the provider'})`;
  const state = await stateOf(provider, movement).catch((error: unknown) => {
    if (error instanceof ProviderRefusedError) return error;
    throw error;
  });
  if (state instanceof Error) return `${name} is ${status} here, and cannot be looked up: ${state.code}`;
  const [here, there] = [moved.has(status), state !== undefined && moved.has(state.status)];
  if (here !== there) return `${name} is ${status} here, and ${state?.status ?? 'unknown'} to the provider`;
  if (here && state && state.minorUnits !== BigInt(amount))
    return `${name} is ${amount} here, and ${state.minorUnits} to the provider`;
  if (here && state && 'reversedMinorUnits' in state && state.reversedMinorUnits > 0n)
    return `${name} is ${status} here, and ${state.reversedMinorUnits} of it were taken back at the provider`;
  return undefined;
}

/** A movement as the provider has it; undefined: the provider knows none. */
function stateOf(
  provider: Provider,
  movement: KnownMovement,
): Promise<PaymentState | RefundState | TransferState | undefined> {
  const { table, providerKey, providerRef, customerRef, paymentRef } = movement;
  const ref = providerRef ?? undefined;
  switch (table) {
    case 'payment':
      // It has failed before the provider made it, and its account was erased.
      if (ref === undefined && customerRef === null) return Promise.resolve(undefined);
      return provider.findPayment({ paymentKey: providerKey, paymentRef: ref, customer: customerRef ?? '' });
    case 'refund':
      return provider.findRefund({ refundKey: providerKey, refundRef: ref, paymentRef: paymentRef ?? '' });
    case 'payout':
      return provider.findTransfer({ payoutKey: providerKey, transferRef: ref });
  }
}
