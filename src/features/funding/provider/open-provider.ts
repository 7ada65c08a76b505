import { createHmac } from 'node:crypto';
import type { Config } from '../../../platform/config/config.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { PaymentPages } from '../../../platform/payments/payment-pages.ts';
import type { Provider } from '../../../platform/payments/provider.ts';
import type { StripeTimeouts } from './stripe-calls.ts';
import { openTestProviderStore } from './test-provider-store.ts';

export interface ProviderParts extends StripeTimeouts {
  readonly databaseUrl: string;
  /** Secret that all nodes of the service share. */
  readonly sessionSecret: string;
  readonly clock: Clock;
  /** Address of the service's webhook, as this process reaches it; undefined while it does not listen. */
  readonly webhookUrl: () => string | undefined;
  /** Address of the service for browsers; undefined while it does not listen. */
  readonly siteUrl: () => string | undefined;
  /** Called with errors of the test provider. */
  readonly onError: (error: unknown) => void;
}

/** A provider, with the pages that the service serves for it. */
export interface OpenProvider {
  readonly provider: Provider;
  /** Undefined: the provider has its own. */
  readonly pages: PaymentPages | undefined;
  /** Resolves when the test provider has sent all webhooks so far. */
  idle(): Promise<void>;
  /** Ends all connections. Calls that are under way end without an answer. */
  close(): Promise<void>;
}

type ProviderSettings = Pick<
  Config,
  'fundingProvider' | 'stripeSecretKey' | 'stripeWebhookSecret' | 'databasePreparedStatements'
>;

/**
 * Opens the provider that the settings choose. Nothing is sent to it yet. The package of Stripe is loaded here, so that a
 * service without funding does without.
 * @returns undefined: there is no funding
 */
export async function openProvider(
  config: ProviderSettings,
  parts: ProviderParts,
): Promise<OpenProvider | undefined> {
  if (config.fundingProvider === 'off') return undefined;
  if (config.fundingProvider === 'test') return openTestProvider(config, parts);
  const { StripeProvider } = await import('./stripe-provider.ts');
  const provider = new StripeProvider({
    ...timeoutsOf(parts),
    secretKey: config.stripeSecretKey ?? '',
    webhookSecret: config.stripeWebhookSecret,
  });
  return {
    provider,
    pages: undefined,
    idle: () => Promise.resolve(),
    close: () => Promise.resolve(provider.close()),
  };
}

async function openTestProvider(config: ProviderSettings, parts: ProviderParts): Promise<OpenProvider> {
  const [{ StripeProvider }, { TestProvider, testProviderPath }] = await Promise.all([
    import('./stripe-provider.ts'),
    import('@standfirst/test-provider'),
  ]);
  // Any node may receive the webhooks of any other one.
  const webhookSecret = `whsec_${createHmac('sha256', parts.sessionSecret).update('test provider').digest('hex')}`;
  const server = await TestProvider.open({
    openStore: () =>
      openTestProviderStore({ ...parts, prepareStatements: config.databasePreparedStatements }),
    clock: parts.clock,
    webhookSecret,
    webhookUrl: parts.webhookUrl,
    pageBase: parts.siteUrl,
    onError: parts.onError,
  });
  const provider = new StripeProvider({
    ...timeoutsOf(parts),
    secretKey: server.secretKey,
    webhookSecret,
    server,
  });
  return {
    provider,
    pages: { path: testProviderPath, handle: server.page },
    idle: () => server.idle(),
    close: async () => {
      provider.close();
      await server.close();
    },
  };
}

const timeoutsOf = ({ writeTimeoutMs, readTimeoutMs }: StripeTimeouts): StripeTimeouts => ({
  ...(writeTimeoutMs === undefined ? {} : { writeTimeoutMs }),
  ...(readTimeoutMs === undefined ? {} : { readTimeoutMs }),
});
