/**
 * @database none
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fromStripeAmount,
  toStripeAmount,
} from '../../../../src/features/funding/provider/stripe-amounts.ts';
import { StripeProvider } from '../../../../src/features/funding/provider/stripe-provider.ts';
import { everythingIn } from './contract.ts';

const secretKey = 'sk_test_that_nobody_may_see';
const personal = 'reader@example.org';

describe('amounts at Stripe', () => {
  it.each([
    ['EUR', 1234n, 1234],
    ['JPY', 500n, 500],
    // Two digits, although the currency has none.
    ['ISK', 5n, 500],
    // None, although ISO 4217 has two.
    ['MGA', 500n, 5],
    ['KWD', 5120n, 5120],
  ])('of %s: %s minor units are %s', (currency, minorUnits, amount) => {
    expect(toStripeAmount('collect', currency, minorUnits)).toBe(amount);
    expect(fromStripeAmount(currency.toLowerCase(), amount)).toBe(minorUnits);
  });

  it.each([
    ['KWD', 5124n, 'amount_invalid'],
    ['MGA', 550n, 'amount_invalid'],
    ['EUR', 0n, 'amount_invalid'],
    ['EUR', -1n, 'amount_invalid'],
    ['EUR', 2n ** 53n, 'amount_invalid'],
    ['ISK', 2n ** 53n / 100n + 1n, 'amount_invalid'],
    ['UGX', 500n, 'currency_invalid'],
    ['eur', 500n, 'currency_invalid'],
    ['EURO', 500n, 'currency_invalid'],
  ])('of %s: %s minor units are refused', (currency, minorUnits, code) => {
    expect(() => toStripeAmount('collect', currency, minorUnits)).toThrow(expect.objectContaining({ code }));
  });

  it('are the same there and back', () => {
    const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'ISK', 'HUF', 'TWD', 'KRW');
    fc.assert(
      fc.property(currencies, fc.bigInt(1n, 2n ** 53n / 100n), (currency, minorUnits) => {
        expect(fromStripeAmount(currency, toStripeAmount('collect', currency, minorUnits))).toBe(minorUnits);
      }),
    );
  });

  it('that are no whole number are an error, rather than rounded', () => {
    expect(() => fromStripeAmount('eur', 1.5)).toThrow('no safe integer');
    expect(() => fromStripeAmount('isk', 150)).toThrow('fraction');
  });
});

describe('the adapter', () => {
  let server: Server | undefined;
  let provider: StripeProvider | undefined;
  let requests: number;

  /** An adapter whose requests get this answer, and wait so long for it. */
  async function withServer(listener: RequestListener, timeoutMs = 20_000): Promise<StripeProvider> {
    requests = 0;
    const opened = createServer((request, response) => {
      requests++;
      listener(request, response);
    });
    server = opened;
    await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
    const { port } = opened.address() as AddressInfo;
    provider = new StripeProvider({
      secretKey,
      webhookSecret: undefined,
      server: { host: '127.0.0.1', port },
      writeTimeoutMs: timeoutMs,
      readTimeoutMs: timeoutMs,
    });
    return provider;
  }

  afterEach(async () => {
    provider?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = undefined;
  });

  const request = {
    paymentKey: 'p1',
    currency: 'EUR',
    minorUnits: 2500n,
    customer: 'cus_1',
    paymentMethod: 'pm_1',
    description: 'A pledge',
  };
  const failureOf = (adapter: StripeProvider): Promise<unknown> =>
    adapter.collect(request).then(
      () => undefined,
      (error: unknown) => error,
    );

  const answer =
    (status: number, error: object): RequestListener =>
    (incoming, response) => {
      incoming.resume();
      response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1' });
      response.end(JSON.stringify({ error: { message: `Not for ${personal} with ${secretKey}`, ...error } }));
    };

  it.each([
    [400, { type: 'invalid_request_error', code: 'resource_missing' }, 'resource_missing'],
    [400, { type: 'invalid_request_error' }, 'invalid_request_error'],
    [402, { type: 'card_error', code: 'card_declined', decline_code: 'fraudulent' }, 'fraudulent'],
    [404, { type: 'invalid_request_error', code: 'resource_missing' }, 'resource_missing'],
  ])('takes HTTP %s with %j for a refusal', async (httpStatus, error, code) => {
    expect(await failureOf(await withServer(answer(httpStatus, error)))).toMatchObject({
      name: 'ProviderRefusedError',
      code,
      message: `The payment provider refuses: ${code} (collect, HTTP ${httpStatus}, request req_1)`,
      details: { operation: 'collect', httpStatus, requestId: 'req_1' },
    });
    expect(requests).toBe(1);
  });

  it.each([
    [400, { type: 'idempotency_error' }, 'KEY_REUSED'],
    [401, { type: 'invalid_request_error' }, 'CREDENTIALS'],
    [403, { type: 'invalid_request_error' }, 'CREDENTIALS'],
    [409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }, 'IN_PROGRESS'],
    [429, { type: 'invalid_request_error', code: 'lock_timeout' }, 'RATE_LIMITED'],
    [500, { type: 'api_error' }, 'PROVIDER_FAULT'],
    [503, { type: 'api_error' }, 'PROVIDER_FAULT'],
  ])('does not know the outcome after HTTP %s with %j', async (httpStatus, error, reason) => {
    expect(await failureOf(await withServer(answer(httpStatus, error)))).toMatchObject({
      name: 'ProviderUnknownError',
      reason,
      details: { operation: 'collect', httpStatus },
    });
    expect(requests).toBe(1);
  });

  const unanswered: readonly (readonly [string, RequestListener])[] = [
    ['an answer that never comes', (incoming) => void incoming.resume()],
    ['a connection that breaks', (incoming) => void incoming.socket.destroy()],
    [
      'an answer that breaks off',
      (incoming, response) => {
        incoming.resume();
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{');
        setTimeout(() => response.destroy(), 10);
      },
    ],
    [
      'an answer that comes byte by byte for ever',
      (incoming, response) => {
        incoming.resume();
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ];

  it.each(unanswered)('does not know the outcome after %s', async (_, listener) => {
    const error = await failureOf(await withServer(listener, 200));
    expect(error).toMatchObject({ name: 'ProviderUnknownError', reason: 'NO_ANSWER' });
    expect(everythingIn(error)).not.toContain(secretKey);
  });

  it('does not know the outcome after an answer that is no JSON', async () => {
    const adapter = await withServer((incoming, response) => {
      incoming.resume();
      response.end('<html>');
    });
    expect(await failureOf(adapter)).toMatchObject({
      name: 'ProviderUnknownError',
      reason: 'PROVIDER_FAULT',
    });
  });

  it('does not know the outcome where nobody listens', async () => {
    const adapter = await withServer(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    expect(await failureOf(adapter)).toMatchObject({ name: 'ProviderUnknownError', reason: 'NO_ANSWER' });
  });

  it('lets neither its key nor the provider’s texts into an error', async () => {
    for (const [status, type] of [
      [400, 'invalid_request_error'],
      [401, 'invalid_request_error'],
      [402, 'card_error'],
      [500, 'api_error'],
    ] as const) {
      const method = { object: 'payment_method', billing_details: { email: personal } };
      const error = await failureOf(await withServer(answer(status, { type, payment_method: method })));
      const everything = everythingIn(error);
      expect(everything).toContain('collect');
      expect(everything).not.toContain(secretKey);
      expect(everything).not.toContain(personal);
      provider?.close();
      await new Promise((resolve) => server?.close(resolve));
    }
  });

  it('sends a key with a write, and the same one if the connection breaks', async () => {
    const keys: unknown[] = [];
    const adapter = await withServer((incoming) => {
      keys.push(incoming.headers['idempotency-key']);
      incoming.socket.destroy();
    });
    await failureOf(adapter);
    expect(new Set(keys)).toEqual(new Set(['standfirst/collect/p1']));
  });

  it('tells live mode from test mode by its key', () => {
    const modes = ['sk_test_1', 'rk_test_1', 'sk_live_1', 'rk_live_1'].map((key) => {
      const adapter = new StripeProvider({ secretKey: key, webhookSecret: undefined });
      adapter.close();
      return adapter.testMode;
    });
    expect(modes).toEqual([true, true, false, false]);
  });
});
