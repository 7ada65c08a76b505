/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { type TestNode, TestNodes } from './test-node.ts';

let nodes: TestNodes;
let node: TestNode;

beforeAll(async () => {
  nodes = await TestNodes.create();
  node = await nodes.open();
});
afterAll(() => nodes.close());

describe('requests to the test provider', () => {
  /** Sends a request that the package would not send. */
  async function post(body: string, headers: Record<string, string> = {}) {
    const { host, port, secretKey } = node.server;
    return new Promise<{ status: number | undefined; body: any }>((resolve, reject) => {
      const sent = httpRequest(
        {
          host,
          port,
          path: '/v1/refunds',
          method: 'POST',
          agent: false,
          headers: { authorization: `Bearer ${secretKey}`, ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  const refused = (code: string, param?: string) => ({
    status: 400,
    body: { error: expect.objectContaining({ code, ...(param === undefined ? {} : { param }) }) },
  });

  it.each([
    ['too many fields', Array.from({ length: 201 }, (_, index) => `a${index}=1`).join('&'), 'a200'],
    ['fields nested too deep', 'a[b][c][d][e]=1', 'a[b][c][d][e]'],
    ['a name that is too long', `${'a'.repeat(201)}=1`, 'a'.repeat(200)],
    ['a name that is not well-formed', 'a]b[=1', 'a]b['],
    ['a field that is text and nested', 'amount=1&amount[b]=1', 'amount[b]'],
    ['a field twice', 'amount=1&amount=2', 'amount'],
  ])('are refused with %s', async (_, body, param) => {
    expect(await post(body)).toEqual({
      status: 400,
      body: { error: expect.objectContaining({ param, message: 'The form is not well-formed.' }) },
    });
  });

  it.each([
    ['payment_intent=pi_1', 'amount'],
    ['payment_intent=pi_1&amount=0', 'amount'],
    ['payment_intent=pi_1&amount=1.5', 'amount'],
    ['payment_intent=pi_1&amount=100000000', 'amount'],
    [`payment_intent=${'x'.repeat(101)}&amount=1`, 'payment_intent'],
    [`payment_intent=pi_1&amount=1&metadata[key]=${'x'.repeat(501)}`, 'metadata[key]'],
    ['payment_intent=pi_1&amount=1&expand[0]=__proto__', 'expand[0]'],
  ])('are refused where a parameter breaks its rule: %s', async (body, param) => {
    expect(await post(body)).toEqual(refused('parameter_invalid', param));
  });

  it('are refused with an unknown parameter, whatever its name', async () => {
    for (const name of ['__proto__', 'constructor', 'reason'])
      expect(await post(`payment_intent=pi_1&amount=1&${name}=1`)).toEqual(
        refused('parameter_unknown', name),
      );
  });

  it('are refused with a long body or a long key', async () => {
    expect((await post('a'.repeat(70_000))).status).toBe(413);
    const body = 'payment_intent=pi_1&amount=1';
    expect(await post(body, { 'idempotency-key': 'x'.repeat(256) })).toEqual(
      refused('parameter_invalid', 'idempotency_key'),
    );
  });

  it('are refused with a parameter that Stripe knows and the test provider does not', async () => {
    await expect(
      node.stripe.transfers.create({
        amount: 1,
        currency: 'eur',
        destination: 'acct_a',
        transfer_group: 'x',
        description: 'x',
      }),
    ).rejects.toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'description' });
  });
});
