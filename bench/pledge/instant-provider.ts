import { StripeProvider } from '../../src/features/funding/provider/stripe-provider.ts';

/*
 * Preloaded into the service's own program: a provider that answers at once, in the process, and whose page everybody has
 * used before they see it. What is measured is the service, and not how fast a provider is.
 */

StripeProvider.prototype.setUp = ({ pledgeKey, attempt, returnUrl }) =>
  Promise.resolve({ setUpId: `${pledgeKey}/${attempt}`, url: returnUrl });

StripeProvider.prototype.findSetUp = (setUpId) =>
  Promise.resolve({ status: 'COMPLETE', customer: `cus_${setUpId}`, paymentMethod: `pm_${setUpId}` });
