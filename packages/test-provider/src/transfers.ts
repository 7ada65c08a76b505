import type { Stripe } from 'stripe';
import { z } from 'zod';
import { bookedOf } from './balance.ts';
import type { FormFields } from './form-body.ts';
import { amount, currency, expand, metadata, parametersOf, text } from './parameters.ts';
import { StripeFault } from './stripe-fault.ts';
import { newId, type Work } from './work.ts';

const shape = {
  amount,
  currency,
  destination: z.string().regex(/^acct_\w{1,90}$/),
  transfer_group: text(255),
  metadata,
  expand,
};

/** An account that takes no money, for trying out a payout that fails. */
const refusing = 'acct_refuses';

/** `POST /v1/transfers`: to an account that, here, has only a name. */
export async function createTransfer(work: Work, given: FormFields): Promise<Stripe.Transfer> {
  const asked = parametersOf(shape, given);
  if (asked.destination === refusing)
    throw StripeFault.refused('account_closed', 'The account takes no transfers.');
  if ((await work.lockBalance(asked.currency)) < asked.amount)
    throw StripeFault.refused('balance_insufficient', 'The balance is lower than the transfer.');
  const id = newId('transfer');
  const booked = await work.insert(
    bookedOf(work, { type: 'transfer', source: id, amount: -asked.amount, currency: asked.currency }),
  );
  const transfer = await work.insert(
    {
      id,
      object: 'transfer',
      amount: asked.amount,
      amount_reversed: 0,
      balance_transaction: booked.id,
      created: work.seconds,
      currency: asked.currency,
      description: null,
      destination: asked.destination,
      livemode: false,
      metadata: asked.metadata ?? {},
      reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
      reversed: false,
      source_transaction: null,
      source_type: 'card',
      transfer_group: asked.transfer_group,
    } satisfies Stripe.Transfer,
    asked.transfer_group,
  );
  await work.emit('transfer.created', transfer);
  return transfer;
}

/** `POST /v1/transfers/:id/reversals` */
export async function createReversal(
  work: Work,
  transferId: string,
  given: FormFields,
): Promise<Stripe.TransferReversal> {
  const asked = parametersOf({ amount, metadata, expand }, given);
  const transfer = await work.lock('transfer', transferId, 'id');
  if (asked.amount > transfer.amount - transfer.amount_reversed)
    throw StripeFault.refused(
      'amount_too_large',
      'The reversal is larger than what is left of the transfer.',
    );
  const id = newId('transfer_reversal');
  const booked = await work.insert(
    bookedOf(work, {
      type: 'transfer_refund',
      source: id,
      amount: asked.amount,
      currency: transfer.currency,
    }),
  );
  const reversal = await work.insert(
    {
      id,
      object: 'transfer_reversal',
      amount: asked.amount,
      balance_transaction: booked.id,
      created: work.seconds,
      currency: transfer.currency,
      destination_payment_refund: null,
      metadata: asked.metadata ?? {},
      source_refund: null,
      transfer: transfer.id,
    } satisfies Stripe.TransferReversal,
    transfer.id,
  );
  const reversed = transfer.amount_reversed + asked.amount;
  const changed = await work.update({
    ...transfer,
    amount_reversed: reversed,
    reversed: reversed === transfer.amount,
    // The newest ten, as in Stripe's answers; all of them have a list of their own.
    reversals: { ...transfer.reversals, data: [reversal, ...transfer.reversals.data].slice(0, 10) },
  });
  await work.emit('transfer.reversed', changed);
  return reversal;
}
