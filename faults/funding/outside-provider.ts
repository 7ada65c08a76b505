import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestProvider } from '@standfirst/test-provider';
import type { Stripe } from 'stripe';
import { StripeProvider } from '../../src/features/funding/provider/stripe-provider.ts';
import { openTestProviderStore } from '../../src/features/funding/provider/test-provider-store.ts';
import { paymentNoticePath } from '../../src/platform/http/paths.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { sessionSecret } from '../../harness/processes/service.ts';
import type { Random } from '../../harness/random.ts';
import { stepOfRequest } from '../preload/funding.ts';
import type { FundingStep } from '../preload/funding-points.ts';
import type { ServiceNode } from '../world/service-node.ts';

/** Probabilities of faults of a notice. */
export interface NoticeFaults {
  readonly lost: number;
  readonly doubled: number;
  /** Arrives after notices of later events. */
  readonly late: number;
}

/** Longest time by which a notice is late. */
const longestDelayMs = 500;

/** Events of which the service learns by their notices alone. */
const neverLost = /^(transfer\.reversed|charge\.dispute\.)/;

/** The test provider in the process of the run, which outlives the nodes. */
export class OutsideProvider {
  /** What the provider's owner does by hand. */
  readonly provider: StripeProvider;
  readonly #server: TestProvider;
  /** Where the next call of a step stops, in the middle of the provider's transaction. */
  #interruption: { readonly step: FundingStep; readonly run: () => Promise<void> } | undefined;
  noticeFaults: NoticeFaults = { lost: 0, doubled: 0, late: 0 };
  /** Numbers of notices that were spoiled. */
  readonly spoiled = { lost: 0, doubled: 0, late: 0 };
  readonly #late = new Set<Promise<void>>();

  private constructor(server: TestProvider, webhookSecret: string) {
    this.#server = server;
    this.provider = new StripeProvider({ secretKey: server.secretKey, webhookSecret, server });
  }

  /** @param nodes receive the notices, each one that runs */
  static async open(options: {
    readonly databaseUrl: string;
    readonly nodes: () => readonly ServiceNode[];
    readonly random: Random;
    readonly onError: (error: unknown) => void;
  }): Promise<OutsideProvider> {
    const opened: { outside?: OutsideProvider } = {};
    // The secret of the nodes' own test providers.
    const secret = createHmac('sha256', sessionSecret).update('test provider').digest('hex');
    const webhookSecret = `whsec_${secret}`;
    const server = await TestProvider.open({
      openStore: () => openTestProviderStore({ ...options, prepareStatements: true }),
      clock: systemClock,
      webhookSecret,
      webhookUrl: () => {
        const url = options.random.pick(options.nodes())?.url;
        return url === undefined ? undefined : `${url}${paymentNoticePath}`;
      },
      pageBase: () => undefined,
      onError: options.onError,
      hooks: {
        deliver: async (event, send) => opened.outside?.deliver(event, send, options.random),
        beforeCommit: async (request) => opened.outside?.interrupt(stepOfRequest(request)),
      },
    });
    return (opened.outside = new OutsideProvider(server, webhookSecret));
  }

  /** A setting of the service that makes it call this provider. */
  get setting(): string {
    return JSON.stringify({ port: this.#server.port, secretKey: this.#server.secretKey });
  }

  /** Runs something while the provider is carrying out the next call of a step, which it completes afterwards. */
  during(step: FundingStep, run: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#interruption = { step, run: () => run().then(resolve, reject) };
    });
  }

  async interrupt(step: FundingStep | undefined): Promise<void> {
    const interruption = this.#interruption;
    if (interruption === undefined || interruption.step !== step) return;
    this.#interruption = undefined;
    await interruption.run();
  }

  async deliver({ type }: Stripe.Event, send: () => Promise<void>, random: Random): Promise<void> {
    const { lost, doubled, late } = this.noticeFaults;
    if (random.chance(lost) && !neverLost.test(type)) {
      this.spoiled.lost += 1;
      return;
    }
    const times = random.chance(doubled) ? 2 : 1;
    this.spoiled.doubled += times - 1;
    if (!random.chance(late)) {
      for (let time = 0; time < times; time++) await send();
      return;
    }
    this.spoiled.late += 1;
    for (let time = 0; time < times; time++) this.#sendLate(send, random.next() * longestDelayMs);
  }

  #sendLate(send: () => Promise<void>, delayMs: number): void {
    const sent: Promise<void> = sleep(delayMs)
      .then(send)
      .catch(() => undefined)
      .finally(() => this.#late.delete(sent));
    this.#late.add(sent);
  }

  /** Resolves when every notice so far was sent, late ones as well. */
  async idle(): Promise<void> {
    await this.#server.idle();
    await Promise.all(this.#late);
  }

  async close(): Promise<void> {
    this.provider.close();
    await this.#server.close();
  }
}
