import 'reflect-metadata';
import { Agent } from 'node:http';
import {
  type Outcome,
  TestProvider,
  type TestProviderHooks,
  type TestProviderOptions,
} from '@standfirst/test-provider';
import { Stripe } from 'stripe';
import type { Provider } from '../../../../src/platform/payments/provider.ts';
import { StripeProvider } from '../../../../src/features/funding/provider/stripe-provider.ts';
import { openTestProviderStore } from '../../../../src/features/funding/provider/test-provider-store.ts';
import { type Clock, systemClock } from '../../../../src/platform/time/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

export const webhookSecret = 'whsec_known_to_the_tests';
export const returnUrl = 'https://news.example.org/articles/a?pledged=1';

export interface NodeOptions {
  readonly clock?: Clock;
  readonly hooks?: TestProviderHooks;
  readonly webhookUrl?: () => string | undefined;
  readonly writeTimeoutMs?: number;
}

/** A node of the service as far as its provider goes: a test provider and the adapter that calls it. */
export class TestNode {
  readonly server: TestProvider;
  readonly provider: Provider;
  /** The package's own client, for what the adapter doesn't do. */
  readonly stripe: Stripe;
  readonly errors: unknown[];
  readonly #adapter: StripeProvider;
  readonly #agent: Agent;
  #closed: Promise<void> | undefined;

  private constructor(server: TestProvider, adapter: StripeProvider, errors: unknown[]) {
    this.server = server;
    this.#adapter = adapter;
    this.provider = adapter;
    this.errors = errors;
    const { host, port, secretKey } = server;
    const agent = new Agent();
    this.#agent = agent;
    this.stripe = new Stripe(secretKey, { host, port, protocol: 'http', httpAgent: agent, telemetry: false });
  }

  static async open(database: TestDatabase, options: NodeOptions = {}): Promise<TestNode> {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const settings: TestProviderOptions = {
      openStore: () => openTestProviderStore({ databaseUrl: database.url, prepareStatements: true, onError }),
      clock: options.clock ?? systemClock,
      webhookSecret,
      webhookUrl: options.webhookUrl ?? (() => undefined),
      pageBase: () => undefined,
      onError,
      ...(options.hooks ? { hooks: options.hooks } : {}),
    };
    const server = await TestProvider.open(settings);
    const adapter = new StripeProvider({
      secretKey: server.secretKey,
      webhookSecret,
      server,
      writeTimeoutMs: options.writeTimeoutMs ?? 20_000,
    });
    return new TestNode(server, adapter, errors);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#adapter.close();
    this.#agent.destroy();
    await this.server.close();
    // What a test expects it takes out.
    const [error] = this.errors;
    if (error !== undefined) throw new Error('The test provider has failed', { cause: error });
  }
}

/** Nodes on one database, closed together. */
export class TestNodes {
  readonly database: TestDatabase;
  readonly #nodes: TestNode[] = [];

  private constructor(database: TestDatabase) {
    this.database = database;
  }

  static async create(): Promise<TestNodes> {
    return new TestNodes(await createTestDatabase());
  }

  async open(options?: NodeOptions): Promise<TestNode> {
    const node = await TestNode.open(this.database, options);
    this.#nodes.push(node);
    return node;
  }

  async close(): Promise<void> {
    try {
      for (const node of this.#nodes) await node.close();
    } finally {
      await this.database.drop();
    }
  }
}

/** Sends the form of a hosted page of the test provider, as a browser does. */
export async function submitPage(url: string, outcome: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ outcome }),
    redirect: 'manual',
    headers: { connection: 'close' },
  });
}

let pledges = 0;

/** Saves a means of payment through the hosted page. */
export async function saveMeans(provider: Provider, outcome: Outcome) {
  const { setUpId, url } = await provider.setUp({
    pledgeKey: `pledge-${process.pid}-${Date.now()}-${++pledges}`,
    attempt: 1,
    currency: 'EUR',
    minorUnits: 2500n,
    returnUrl,
    description: 'You promise €25.00. Nothing is charged now.',
  });
  await submitPage(url, outcome);
  const state = await provider.findSetUp(setUpId);
  if (state.status !== 'COMPLETE') throw new Error(`The set-up is ${state.status}`);
  return { customer: state.customer, paymentMethod: state.paymentMethod };
}
