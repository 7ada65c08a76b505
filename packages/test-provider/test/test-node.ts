import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { type Outcome, TestProvider, type TestProviderOptions } from '@standfirst/test-provider';
import { Stripe } from 'stripe';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openStore } from './example.ts';

export const webhookSecret = 'whsec_known_to_the_tests';
export const returnUrl = 'https://shop.example.org/pledges?saved=1';

interface Card {
  readonly customer: string;
  readonly payment_method: string;
}

/** A test provider, and Stripe's own client for it. */
export class TestNode {
  readonly server: TestProvider;
  readonly stripe: Stripe;
  /** Errors of the server. A test removes those that it expects. */
  readonly errors: unknown[];
  readonly #agent = new Agent();
  #closed: Promise<void> | undefined;

  private constructor(server: TestProvider, errors: unknown[]) {
    this.server = server;
    this.errors = errors;
    const { host, port, secretKey } = server;
    this.stripe = new Stripe(secretKey, {
      ...{ host, port, protocol: 'http', httpAgent: this.#agent },
      ...{ telemetry: false, maxNetworkRetries: 0 },
    });
  }

  static async open({ url }: TestDatabase, options: Partial<TestProviderOptions> = {}): Promise<TestNode> {
    const errors: unknown[] = [];
    const server = await TestProvider.open({
      openStore: () => Promise.resolve(openStore(url)),
      clock: { now: () => new Date() },
      webhookSecret,
      webhookUrl: () => undefined,
      pageBase: () => undefined,
      onError: (error) => errors.push(error),
      ...options,
    });
    return new TestNode(server, errors);
  }

  /** Begins a set-up. @returns its id, and the address of its page */
  async setUp(message = 'You promise €25.00. Nothing is charged now.'): Promise<{ id: string; url: string }> {
    const { id, url } = await this.stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'eur',
      customer_creation: 'always',
      success_url: returnUrl,
      cancel_url: returnUrl,
      custom_text: { submit: { message } },
    });
    return { id, url: url ?? '' };
  }

  findSetUp(id: string): Promise<Stripe.Checkout.Session> {
    return this.stripe.checkout.sessions.retrieve(id, { expand: ['setup_intent'] });
  }

  /** Saves a card through the page. */
  async saveCard(outcome: Outcome = 'succeeds'): Promise<Card> {
    const { id, url } = await this.setUp();
    await submitPage(url, outcome);
    const { customer, payment_method: card } = (await this.findSetUp(id)).setup_intent as Stripe.SetupIntent;
    return { customer: customer as string, payment_method: card as string };
  }

  /** Saves a card and charges it. */
  async collect(): Promise<Stripe.PaymentIntent> {
    const card = await this.saveCard();
    return this.stripe.paymentIntents.create(
      {
        ...card,
        amount: 2500,
        currency: 'eur',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        off_session: true,
        confirm: true,
        capture_method: 'automatic',
        description: 'A pledge',
      },
      { idempotencyKey: randomUUID() },
    );
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#agent.destroy();
    await this.server.close();
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

  async open(options?: Partial<TestProviderOptions>): Promise<TestNode> {
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

/** Sends the form of a page, as a browser does. */
export const submitPage = (url: string, outcome: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ outcome }),
    redirect: 'manual',
    headers: { connection: 'close' },
  });
