/**
 * @database either
 */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildSchema, OperationTypeNode } from 'graphql';
import { ClientLimits, RateLimits } from '../../../src/platform/auth/rate-limits.ts';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { RequestError } from '../../../src/platform/errors/errors.ts';
import { Documents } from '../../../src/platform/operations/documents.ts';
import { type Door, Gate } from '../../../src/platform/operations/gate.ts';
import { buildApiSchema } from '../../../src/platform/feature/api-schema.ts';
import { features } from '../../../src/app/features.ts';
import { Turns } from '../../../src/platform/fairness/turns.ts';

const schema = buildSchema('type Query { a: Int b: Int }');

const door: Door = {
  takes: new Map([[OperationTypeNode.QUERY, { maxCost: 100 }]]),
  refuse: () => new RequestError('BAD_REQUEST'),
};

function open(settings: Record<string, string> = {}, ofSchema = schema) {
  const config = parseConfig(settings);
  const rates = new RateLimits(config);
  const refused: string[] = [];
  const gate = new Gate({
    schema: ofSchema,
    settings: config,
    documents: new Documents(ofSchema, config),
    rates,
    turns: new Turns(),
    trusted: undefined,
    requireProof: () => Promise.resolve(),
    onRefused: (code) => refused.push(code),
  });
  const client = (address = '192.0.2.1') => ({
    viewer: null,
    address,
    limits: new ClientLimits(rates, { viewer: null, address }),
  });
  return { gate, client, refused };
}

describe('the gate', () => {
  it('counts each copy of an unknown document, including those that wait for the parsing of the first', async () => {
    const { gate, client, refused } = open();
    const query = `{ a } # ${'.'.repeat(50_000)}`;
    const admitted = await Promise.all(
      Array.from({ length: 20 }, () => gate.admit({ query }, client(), door)),
    );
    expect(admitted.filter(({ errors }) => errors === undefined)).toHaveLength(4);
    expect(refused).toEqual(Array.from({ length: 16 }, () => 'RATE_LIMITED'));
    // A known document is not charged.
    expect((await gate.admit({ query }, client(), door)).errors).toBeUndefined();
    expect((await gate.admit({ query }, client('192.0.2.2'), door)).errors).toBeUndefined();
  });

  it('charges ten points for each refusal, and refuses clients without points', async () => {
    const { gate, client } = open({ MAX_QUERY_COST: '100', MAX_COST_PER_MINUTE: '100' });
    const codeOf = async (query: string) =>
      (await gate.admit({ query }, client(), door)).errors?.[0]?.extensions?.code;
    for (let asked = 0; asked < 10; asked++)
      expect(await codeOf('{ nothing }')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await codeOf('{ nothing }')).toBe('RATE_LIMITED');
    expect(await codeOf('{ a }')).toBe('RATE_LIMITED');
    expect((await gate.admit({ query: '{ a }' }, client('192.0.2.2'), door)).errors).toBeUndefined();
  });

  it('counts requests by address before it reads them', async () => {
    const { gate } = open({ MAX_REQUESTS_PER_MINUTE: '10' });
    for (let sent = 1; sent <= 10; sent++)
      expect(await gate.arrive('192.0.2.1')).toMatchObject({
        state: { remaining: 10 - sent },
        refusal: undefined,
      });
    expect(await gate.arrive('192.0.2.1')).toMatchObject({
      state: { policy: 'requests', limit: 10, remaining: 0 },
      refusal: { code: 'RATE_LIMITED', details: { policy: 'requests' } },
    });
    expect((await gate.arrive('192.0.2.2')).refusal).toBeUndefined();
  });

  it('retains only messages, locations and codes of a refused document', async () => {
    const { gate, client } = open();
    const refusal = await gate.admit({ query: '{ nothing }' }, client(), door);
    expect(refusal.errors).toEqual([
      {
        message: 'Cannot query field "nothing" on type "Query".',
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
    for (const error of refusal.errors ?? []) expect(Object.getPrototypeOf(error)).toBe(Object.prototype);
  });

  it('retains nothing of the variables of operations without a price', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const { gate, client } = open({}, buildApiSchema(features));
    const query = 'query ($n: Int) { articles(first: $n) { nodes { id } } }';
    const refused = async (number: number) => {
      const variables = { n: 5000, [`v${number}`]: Buffer.alloc(100_000, 'x').toString() };
      const { errors } = await gate.admit({ query, variables }, client(), door);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    };
    await refused(0);
    const before = used();
    for (let number = 1; number <= 100; number++) await refused(number);
    expect(used() - before).toBeLessThan(3_000_000);
  });
});
