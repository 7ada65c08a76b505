/** @database either */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProviderHooks } from '@standfirst/test-provider';
import type { Stripe } from 'stripe';
import { eventually } from '../../../test/support/eventually.ts';
import { watchForLeaks } from '../../../test/support/leaks.ts';
import { firstRetryMs } from '../src/webhooks.ts';
import { type TestNode, TestNodes, webhookSecret } from './test-node.ts';

interface Received {
  readonly body: Buffer;
  readonly signature: string | undefined;
}

/** The receiver of webhooks. */
class Receiver {
  readonly received: Received[] = [];
  readonly url: string;
  /** Statuses of the next answers; 200 when it is empty. */
  readonly statuses: number[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const signature = request.headers['stripe-signature'];
        this.received.push({
          body: Buffer.concat(chunks),
          signature: typeof signature === 'string' ? signature : undefined,
        });
        response.writeHead(this.statuses.shift() ?? 200).end();
      });
    });
  }

  static async open(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Receiver(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let nodes: TestNodes;
let receiver: Receiver;
let checkForLeaks: () => Promise<void>;

beforeAll(async () => {
  checkForLeaks = watchForLeaks();
  nodes = await TestNodes.create();
  receiver = await Receiver.open();
});
afterAll(async () => {
  await nodes.close();
  await receiver.close();
  await checkForLeaks();
});

/** Saves and charges a card. @returns the payment, and the events that arrived, in their order */
async function collected(hooks?: TestProviderHooks) {
  receiver.received.length = 0;
  const node = await nodes.open({ webhookUrl: () => receiver.url, ...(hooks ? { hooks } : {}) });
  const payment = await node.collect();
  await node.server.idle();
  return { node, payment, events: read(node) };
}

const read = ({ stripe }: TestNode): Stripe.Event[] =>
  receiver.received.map(({ body, signature }) =>
    stripe.webhooks.constructEvent(body, signature ?? '', webhookSecret),
  );

const types = (events: readonly Stripe.Event[]) => events.map(({ type }) => type);

const inOrder = ['checkout.session.completed', 'charge.succeeded', 'payment_intent.succeeded'];

describe('webhooks of the test provider', () => {
  it('are signed as those of Stripe, and name the object that has changed', async () => {
    const { events, payment } = await collected();
    expect(types(events)).toEqual(inOrder);
    expect(events.at(-1)).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      livemode: false,
      data: { object: { id: payment.id, object: 'payment_intent' } },
    });
    expect(events[0]).toMatchObject({ data: { object: { id: expect.stringMatching(/^cs_test_/) } } });
  });

  it('can be doubled', async () => {
    const { events } = await collected({
      deliver: async (_, send) => {
        await send();
        await send();
      },
    });
    expect(types(events)).toEqual(inOrder.flatMap((type) => [type, type]));
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  });

  it('can be reordered', async () => {
    const later: (() => Promise<void>)[] = [];
    const { node } = await collected({
      deliver: (_, send) => Promise.resolve(void later.unshift(send)),
    });
    for (const send of later) await send();
    expect(types(read(node))).toEqual([...inOrder].reverse());
  });

  it('can be withheld: the change is found by polling', async () => {
    const { node, events, payment } = await collected({ deliver: () => Promise.resolve() });
    expect(events).toEqual([]);
    const { data } = await node.stripe.events.list({ types: ['payment_intent.succeeded'] });
    expect(data[0]?.data.object).toMatchObject({ id: payment.id });
  });

  it('are sent again if the receiver fails', async () => {
    receiver.statuses.push(500);
    const { events } = await collected();
    expect(events).toHaveLength(3);
    await eventually('the event to come again', () => receiver.received.length === 4);
    expect(receiver.received[3]?.body.equals(receiver.received[0]!.body)).toBe(true);
  });

  it('are not sent while there is no address', async () => {
    const node = await nodes.open({ webhookUrl: () => undefined });
    await node.saveCard();
    await node.server.idle();
  });

  it('are not sent again once the provider is closed', async () => {
    const [set, cleared] = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'clearTimeout')];
    const node = await nodes.open({ webhookUrl: () => 'http://127.0.0.1:9/webhook' });
    await node.saveCard();
    await node.server.idle();
    const retries = set.mock.results
      .filter((_, n) => set.mock.calls[n]?.[1] === firstRetryMs)
      .map(({ value }) => value as NodeJS.Timeout);
    expect(retries.length).toBeGreaterThan(0);
    await node.close();
    const ended = cleared.mock.calls.map(([timer]) => timer);
    expect(retries.filter((timer) => !ended.includes(timer))).toHaveLength(0);
    set.mockRestore();
    cleared.mockRestore();
  });
});
