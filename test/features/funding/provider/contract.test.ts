/**
 * @seconds 15
 * @database either
 */
import { describe, it } from '@jest/globals';
import { Agent } from 'node:https';
import { Stripe } from 'stripe';
import { StripeProvider } from '../../../../src/features/funding/provider/stripe-provider.ts';
import { type CommonOutcome, describeProvider, type Subject } from './contract.ts';
import { saveMeans, TestNodes } from './test-nodes.ts';

describeProvider('the test provider', async () => {
  const nodes = await TestNodes.create();
  const node = await nodes.open();
  const { provider, stripe } = node;
  return {
    provider,
    stripe,
    saveMeans: (outcome) => saveMeans(provider, outcome),
    destination: 'acct_journalist',
    secretKey: node.server.secretKey,
    close: () => nodes.close(),
  };
});

/** Cards of Stripe's test mode: https://docs.stripe.com/testing. The first one's money is available at once. */
const cards: Readonly<Record<CommonOutcome, string>> = {
  succeeds: 'pm_card_bypassPending',
  declined: 'pm_card_chargeCustomerFail',
  authentication: 'pm_card_authenticationRequired',
  disputed: 'pm_card_createDispute',
};

function openStripe(secretKey: string, destination: string): Promise<Subject> {
  const agent = new Agent({ keepAlive: true });
  const stripe = new Stripe(secretKey, { httpAgent: agent, telemetry: false });
  const provider = new StripeProvider({ secretKey, webhookSecret: undefined });
  return Promise.resolve({
    provider,
    stripe,
    // In place of Stripe's page, which needs a browser.
    saveMeans: async (outcome) => {
      const customer = await stripe.customers.create({ description: 'Test of Standfirst' });
      const { id } = await stripe.paymentMethods.attach(cards[outcome], { customer: customer.id });
      return { customer: customer.id, paymentMethod: id };
    },
    destination,
    secretKey,
    close: () => {
      provider.close();
      agent.destroy();
      return Promise.resolve();
    },
  });
}

// A key of Stripe's test mode, and an account that is connected to it and can receive transfers in EUR.
const { STRIPE_TEST_KEY: key, STRIPE_TEST_DESTINATION: destination } = process.env;

if (key !== undefined && destination !== undefined) {
  describeProvider('Stripe', () => openStripe(key, destination));
} else {
  describe('Stripe', () => {
    it.skip('is tried where STRIPE_TEST_KEY and STRIPE_TEST_DESTINATION are set', () => undefined);
  });
}
