import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../../../platform/config/config.ts';
import { type OpenProvider, openProvider } from './open-provider.ts';
import { paymentNoticePath } from '../../../platform/http/paths.ts';
import type { PaymentPages } from '../../../platform/payments/payment-pages.ts';
import type { Provider } from '../../../platform/payments/provider.ts';
import type { Clock } from '../../../platform/time/clock.ts';

/** Time that the payment provider has for an answer; what has none is looked up. */
const providerTimeoutMs = 30_000;

export interface PaymentsOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  /** Who moves money, instead of the provider that the settings choose. */
  readonly provider: Provider | undefined;
  /** The service's addresses, known once it listens. */
  readonly addresses: () => { readonly site: string; readonly bound: AddressInfo } | undefined;
}

/** The payment provider, with what is served for it. */
export class Payments {
  /** Undefined: the service has no funding. */
  readonly provider: Provider | undefined;
  readonly #opened: OpenProvider | undefined;

  private constructor(provider: Provider | undefined, opened: OpenProvider | undefined) {
    this.provider = provider;
    this.#opened = opened;
  }

  static async open(options: PaymentsOptions): Promise<Payments> {
    const { config, logger, provider, addresses } = options;
    if (provider) return new Payments(provider, undefined);
    const opened = await openProvider(config, {
      databaseUrl: options.databaseUrl,
      sessionSecret: options.sessionSecret,
      clock: options.clock,
      writeTimeoutMs: providerTimeoutMs,
      siteUrl: () => addresses()?.site,
      webhookUrl: () => noticeUrl(config.host, addresses()?.bound),
      onError: (error) => logger.warn({ err: error }, 'the test provider failed'),
    });
    return new Payments(opened?.provider, opened);
  }

  /** Undefined: the provider has its own pages. */
  get pages(): PaymentPages | undefined {
    return this.#opened?.pages;
  }

  /** A call that is under way ends without an answer, and is looked up by whoever goes on. */
  async close(): Promise<void> {
    await this.#opened?.close();
  }
}

/** The address of notices as this process reaches it. */
function noticeUrl(host: string, bound: AddressInfo | undefined): string | undefined {
  if (!bound) return undefined;
  const isWildcard = host === '0.0.0.0' || host === '::';
  const reached = isWildcard ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${reached}:${bound.port}${paymentNoticePath}`;
}
