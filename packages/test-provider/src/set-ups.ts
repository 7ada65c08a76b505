import type { Stripe } from 'stripe';
import { z } from 'zod';
import type { FormFields } from './form-body.ts';
import type { Outcome } from './outcomes.ts';
import { cards, currency, expand, metadata, parametersOf, text, webAddress } from './parameters.ts';
import { newId, type Work } from './work.ts';

const shape = {
  mode: z.literal('setup'),
  currency,
  customer_creation: z.literal('always'),
  allowed_payment_method_types: cards,
  success_url: webAddress,
  cancel_url: webAddress,
  custom_text: z.strictObject({ submit: z.strictObject({ message: text(1200) }) }),
  metadata,
  expand,
};

const dayInSeconds = 86_400;

/** `POST /v1/checkout/sessions`, for a page on which a card is saved. @param pageUrl the page's address */
export async function createSession(
  work: Work,
  given: FormFields,
  pageUrl: (sessionId: string) => string,
): Promise<Stripe.Checkout.Session> {
  const asked = parametersOf(shape, given);
  const id = newId('checkout.session');
  return work.insert({
    ...blankSession,
    id,
    created: work.seconds,
    currency: asked.currency,
    expires_at: work.seconds + dayInSeconds,
    success_url: asked.success_url,
    cancel_url: asked.cancel_url,
    custom_text: { ...blankSession.custom_text, submit: asked.custom_text.submit },
    metadata: asked.metadata ?? {},
    url: pageUrl(id),
  });
}

/** A session as it is at a time: it expires by itself. */
export function sessionAt(session: Stripe.Checkout.Session, seconds: number): Stripe.Checkout.Session {
  const isExpired = session.status === 'open' && session.expires_at <= seconds;
  return isExpired ? { ...session, status: 'expired', url: null } : session;
}

/** Saves a card, as the page's form does. Does nothing if the session is not open any more. */
export async function completeSession(
  work: Work,
  sessionId: string,
  outcome: Outcome,
): Promise<Stripe.Checkout.Session> {
  const session = sessionAt(await work.lock('checkout.session', sessionId, 'id'), work.seconds);
  if (session.status !== 'open') return session;
  const customer = await work.insert(customerOf(work));
  const paymentMethod = await work.insert(paymentMethodOf(work, customer.id, outcome));
  const setUp = await work.insert(setupIntentOf(work, customer.id, paymentMethod.id));
  const complete = await work.update({
    ...session,
    status: 'complete',
    url: null,
    customer: customer.id,
    setup_intent: setUp.id,
  } satisfies Stripe.Checkout.Session);
  await work.emit('checkout.session.completed', complete);
  return complete;
}

function customerOf(work: Work): Stripe.Customer {
  return {
    id: newId('customer'),
    object: 'customer',
    balance: 0,
    created: work.seconds,
    default_source: null,
    description: null,
    email: null,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    phone: null,
    shipping: null,
  };
}

/** The outcome stands in the metadata. */
function paymentMethodOf(work: Work, customer: string, outcome: Outcome): Stripe.PaymentMethod {
  return {
    id: newId('payment_method'),
    object: 'payment_method',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    created: work.seconds,
    customer,
    customer_account: null,
    livemode: false,
    metadata: { outcome },
    type: 'card',
  };
}

function setupIntentOf(work: Work, customer: string, paymentMethod: string): Stripe.SetupIntent {
  return {
    id: newId('setup_intent'),
    object: 'setup_intent',
    allowed_payment_method_types: ['card'],
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: null,
    created: work.seconds,
    customer,
    description: null,
    excluded_payment_method_types: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'succeeded',
    usage: 'off_session',
  };
}

const blankSession = {
  id: '',
  object: 'checkout.session',
  adaptive_pricing: null,
  after_expiration: null,
  allow_promotion_codes: null,
  allowed_payment_method_types: ['card'],
  amount_subtotal: null,
  amount_total: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  cancel_url: null,
  client_reference_id: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  created: 0,
  currency: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer: null,
  customer_account: null,
  customer_creation: 'always',
  customer_details: null,
  customer_email: null,
  discounts: null,
  expires_at: 0,
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  locale: null,
  managed_payments: null,
  metadata: {},
  mode: 'setup',
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_collection: 'always',
  payment_method_configuration_details: null,
  payment_method_options: {},
  payment_method_types: ['card'],
  payment_status: 'no_payment_required',
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: 'open',
  submit_type: null,
  subscription: null,
  success_url: null,
  total_details: null,
  ui_mode: 'hosted_page',
  url: null,
  wallet_options: null,
} satisfies Stripe.Checkout.Session;
