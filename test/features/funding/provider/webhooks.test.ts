/** @database either */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProviderHooks } from '@standfirst/test-provider';
import { SignatureError } from '../../../../src/platform/payments/provider-errors.ts';
import type { Provider, ProviderEvent } from '../../../../src/platform/payments/provider.ts';
import { StripeProvider } from '../../../../src/features/funding/provider/stripe-provider.ts';
import { firstRetryMs, signatureOf } from '../../../../packages/test-provider/src/webhooks.ts';
import { eventually } from '../../../support/eventually.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { everythingIn } from './contract.ts';
import { saveMeans, TestNodes, webhookSecret } from './test-nodes.ts';

interface Received {
  readonly body: Buffer;
  readonly signature: string | undefined;
}

/** Stands for the service's webhook. */
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

/** Collects and refunds a pledge. @returns the events that arrived, in their order, with the payment's id */
async function collected(hooks?: TestProviderHooks) {
  receiver.received.length = 0;
  const node = await nodes.open({ webhookUrl: () => receiver.url, ...(hooks ? { hooks } : {}) });
  const { provider } = node;
  const means = await saveMeans(provider, 'succeeds');
  const payment = await provider.collect({
    paymentKey: randomUUID(),
    currency: 'EUR',
    minorUnits: 2500n,
    ...means,
    description: 'A pledge',
  });
  await node.server.idle();
  return { provider, payment, events: read(provider) };
}

const read = (provider: Provider): ProviderEvent[] =>
  receiver.received.map(({ body, signature }) => provider.readEvent(body, signature));

const types = (events: readonly ProviderEvent[]) => events.map(({ type }) => type);

const inOrder = ['checkout.session.completed', 'charge.succeeded', 'payment_intent.succeeded'];

describe('webhooks of the test provider', () => {
  it('are signed as those of Stripe, and name the object that has changed', async () => {
    const { events, payment } = await collected();
    expect(types(events)).toEqual(inOrder);
    expect(events.at(-1)).toEqual({
      id: expect.stringMatching(/^evt_/),
      type: 'payment_intent.succeeded',
      kind: 'PAYMENT',
      objectRef: payment.ref,
      testMode: true,
    });
    expect(events[0]).toMatchObject({ kind: 'SETUP', objectRef: expect.stringMatching(/^cs_test_/) });
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
    const { provider } = await collected({
      deliver: (_, send) => Promise.resolve(void later.unshift(send)),
    });
    for (const send of later) await send();
    expect(types(read(provider))).toEqual([...inOrder].reverse());
  });

  it('can be withheld: the change is found by polling', async () => {
    const since = new Date(Date.now() - 1000);
    const { provider, events, payment } = await collected({ deliver: () => Promise.resolve() });
    expect(events).toEqual([]);
    const { items } = await provider.listEvents({ since, after: undefined });
    expect(items).toContainEqual(expect.objectContaining({ kind: 'PAYMENT', objectRef: payment.ref }));
  });

  it('are sent again if the service fails', async () => {
    receiver.statuses.push(500);
    const { events } = await collected();
    expect(events).toHaveLength(3);
    await eventually('the event to come again', () => receiver.received.length === 4);
    expect(receiver.received[3]?.body.equals(receiver.received[0]!.body)).toBe(true);
  });

  it('are not sent before the service listens', async () => {
    const node = await nodes.open({ webhookUrl: () => undefined });
    await saveMeans(node.provider, 'succeeds');
    await node.server.idle();
  });

  it('are not sent again once the provider is closed', async () => {
    const [set, cleared] = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'clearTimeout')];
    const node = await nodes.open({ webhookUrl: () => 'http://127.0.0.1:9/webhook' });
    await saveMeans(node.provider, 'succeeds');
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

describe('a webhook request', () => {
  const event = {
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    livemode: false,
    data: { object: { id: 'pi_1', object: 'payment_intent' } },
  };
  const provider = new StripeProvider({ secretKey: 'sk_test_0123456789', webhookSecret });
  const bodyOf = (given: object) => Buffer.from(JSON.stringify(given));
  const signed = (body: Buffer, { secret = webhookSecret, at = new Date() } = {}) =>
    signatureOf(body.toString(), secret, at);
  const readSigned = (given: object) => provider.readEvent(bodyOf(given), signed(bodyOf(given)));

  afterAll(() => provider.close());

  it('is read', () => {
    expect(readSigned(event)).toEqual({
      id: 'evt_1',
      type: 'payment_intent.succeeded',
      kind: 'PAYMENT',
      objectRef: 'pi_1',
      testMode: true,
    });
  });

  it('says which mode it is of', () => {
    expect(readSigned({ ...event, livemode: true }).testMode).toBe(false);
  });

  it('of a charge names the payment, and of something unknown is OTHER', () => {
    const charge = { id: 'ch_1', object: 'charge', payment_intent: 'pi_2' };
    expect(readSigned({ ...event, type: 'charge.refunded', data: { object: charge } })).toMatchObject({
      kind: 'PAYMENT',
      objectRef: 'pi_2',
    });
    for (const type of ['balance.available', 'toString'])
      expect(readSigned({ ...event, type, data: { object: { object: 'balance' } } })).toMatchObject({
        kind: 'OTHER',
        objectRef: '',
      });
  });

  it('of what is left alone is read whatever the id of its object, and does not keep it', () => {
    const coupon = { id: '25 % off/../', object: 'coupon' };
    expect(readSigned({ ...event, type: 'coupon.created', data: { object: coupon } })).toMatchObject({
      kind: 'OTHER',
      objectRef: '',
    });
  });

  it('may be signed a few minutes ago or ahead', () => {
    for (const seconds of [-290, 290]) {
      const at = new Date(Date.now() + seconds * 1000);
      expect(provider.readEvent(body, signed(body, { at })).objectRef).toBe('pi_1');
    }
  });

  it.each([
    ['charge.dispute.created', { id: '../x', object: 'dispute' }],
    ['charge.dispute.created', { id: '..', object: 'dispute' }],
    ['charge.dispute.closed', { id: 'dp_1?expand=x', object: 'dispute' }],
    ['charge.dispute.closed', { id: '', object: 'dispute' }],
    ['charge.dispute.closed', { object: 'dispute' }],
    ['checkout.session.completed', { id: 'cs/1', object: 'checkout.session' }],
    ['refund.updated', { id: 're_1#', object: 'refund' }],
    ['transfer.reversed', { id: 'tr_%2e', object: 'transfer' }],
    ['charge.updated', { id: 'ch_1', object: 'charge', payment_intent: '../x' }],
    ['charge.updated', { id: 'ch_1', object: 'charge', payment_intent: { id: '../x' } }],
  ])('is refused where Stripe would not make the id: %s of %j', (type, object) => {
    expect(() => readSigned({ ...event, type, data: { object } })).toThrow(SignatureError);
  });

  const body = bodyOf(event);
  const old = new Date(Date.now() - 301_000);
  it.each([
    ['without a signature', body, undefined],
    ['with an empty signature', body, ''],
    ['with a signature that is none', body, 'v1=00'],
    ['signed with another secret', body, signed(body, { secret: 'whsec_forged' })],
    ['whose body was changed', bodyOf({ ...event, livemode: true }), signed(body)],
    ['signed more than five minutes ago', body, signed(body, { at: old })],
    ['signed in an hour', body, signed(body, { at: new Date(Date.now() + 3_600_000) })],
    ['signed more than five minutes ahead', body, signed(body, { at: new Date(Date.now() + 320_000) })],
    [
      'with an id that cannot be stored',
      bodyOf({ ...event, id: 'evt_\0' }),
      signed(bodyOf({ ...event, id: 'evt_\0' })),
    ],
    [
      'whose time was changed',
      body,
      signed(body, { at: old }).replace(/t=\d+/, `t=${Math.floor(Date.now() / 1000)}`),
    ],
    ['whose body is no JSON', Buffer.from('{'), signed(Buffer.from('{'))],
    ['whose body is no event', bodyOf({}), signed(bodyOf({}))],
    [
      'whose body is a thin event',
      bodyOf({ ...event, object: 'v2.core.event' }),
      signed(bodyOf({ ...event, object: 'v2.core.event' })),
    ],
    ['that is empty', Buffer.alloc(0), signed(Buffer.alloc(0))],
  ])('is refused %s', (_, given, signature) => {
    expect(() => provider.readEvent(given, signature)).toThrow(SignatureError);
    try {
      provider.readEvent(given, signature);
    } catch (error) {
      expect(everythingIn(error)).not.toContain(webhookSecret);
      expect(everythingIn(error)).not.toContain('pi_1');
    }
  });

  it('is refused where there is no secret', () => {
    const deaf = new StripeProvider({ secretKey: 'sk_test_0123456789', webhookSecret: undefined });
    expect(() => deaf.readEvent(body, signed(body))).toThrow(SignatureError);
    deaf.close();
  });
});
