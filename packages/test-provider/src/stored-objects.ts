import type { Stripe } from 'stripe';

/** Every kind of object that the test provider has, by Stripe's name of it. */
export interface StoredObjects {
  readonly 'checkout.session': Stripe.Checkout.Session;
  readonly setup_intent: Stripe.SetupIntent;
  readonly customer: Stripe.Customer;
  readonly payment_method: Stripe.PaymentMethod;
  readonly payment_intent: Stripe.PaymentIntent;
  readonly charge: Stripe.Charge;
  readonly balance_transaction: Stripe.BalanceTransaction;
  readonly refund: Stripe.Refund;
  readonly dispute: Stripe.Dispute;
  readonly transfer: Stripe.Transfer;
  readonly transfer_reversal: Stripe.TransferReversal;
  readonly event: Stripe.Event;
}

export type ObjectType = keyof StoredObjects;

export type StoredObject = StoredObjects[ObjectType];
