/** @database either */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { onDatabase } from '../../../test/support/database.ts';
import { watchForLeaks } from '../../../test/support/leaks.ts';
import { PinnedClock } from '../../../test/support/pinned-clock.ts';
import { chargeSavedCard, openStore } from './example.ts';
import { TestNodes } from './test-node.ts';

let checkForLeaks: () => Promise<void>;
let nodes: TestNodes;

beforeAll(() => {
  checkForLeaks = watchForLeaks();
});
afterAll(() => checkForLeaks());

beforeEach(async () => {
  nodes = await TestNodes.create();
});
afterEach(() => nodes.close());

describe('the example of the README', () => {
  it('charges a saved card once, however often it runs', async () => {
    const errors: unknown[] = [];
    const charge = () => chargeSavedCard(nodes.database.url, (error) => errors.push(error));
    expect(await charge()).toMatchObject({ status: 'succeeded', amount_received: 2500, livemode: false });
    // The same key with another card.
    await expect(charge()).rejects.toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
    expect(errors).toEqual([]);
  });
});

describe('the tables', () => {
  it('are created by the first request, and refer to no others', async () => {
    const tables = () =>
      onDatabase(nodes.database.url, async (client) => {
        const { rows } = await client.query<{ name: string; keys: number }>(
          `SELECT relname AS name, (SELECT count(*)::int FROM pg_constraint
             WHERE contype = 'f' AND (conrelid = c.oid OR confrelid = c.oid)) AS keys
           FROM pg_class c WHERE relkind = 'r' AND relname LIKE 'test\\_provider%' ORDER BY 1`,
        );
        return rows;
      });
    const { stripe } = await nodes.open();
    expect(await tables()).toEqual([]);
    await stripe.events.list();
    expect(await tables()).toEqual([
      { name: 'test_provider_object', keys: 0 },
      { name: 'test_provider_request', keys: 0 },
    ]);
  });

  it('are created once by nodes that begin at the same moment', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => nodes.open()));
    const lists = await Promise.all(many.map(({ stripe }) => stripe.events.list()));
    expect(lists.map(({ data }) => data)).toEqual(many.map(() => []));
  });

  it('need no right to create where they exist', async () => {
    await (await nodes.open()).stripe.events.list();
    const statements: string[] = [];
    const { stripe } = await nodes.open({
      openStore: () => {
        const store = openStore(nodes.database.url);
        return Promise.resolve({
          ...store,
          transaction: (work) =>
            store.transaction((tx) =>
              work({
                query: (statement, values) => {
                  statements.push(statement);
                  return tx.query(statement, values);
                },
              }),
            ),
        });
      },
    });
    await stripe.events.list();
    expect(statements.filter((statement) => !statement.startsWith('SELECT'))).toEqual([]);
    expect(statements).not.toEqual([]);
  });

  it('are tried again by the next request if they could not be created', async () => {
    const { stripe, errors } = await nodes.open();
    await onDatabase(nodes.database.url, async (client) => {
      await client.query('CREATE TYPE test_provider_object AS (a integer)');
      await expect(stripe.events.list()).rejects.toMatchObject({ statusCode: 500 });
      await client.query('DROP TYPE test_provider_object');
    });
    expect(errors.splice(0)).toMatchObject([{ code: '42P07' }]);
    expect((await stripe.events.list()).data).toEqual([]);
  });
});

describe('events', () => {
  it('are removed after thirty days, and what they tell of is kept', async () => {
    const clock = new PinnedClock();
    const node = await nodes.open({ clock });
    const days = async () => {
      const { data } = await node.stripe.events.list({ limit: 100 });
      return new Set(
        data.map(({ created }) => Math.round((clock.now().getTime() / 1000 - created) / 86_400)),
      );
    };
    const { id } = await node.collect();
    clock.advance(29 * 86_400);
    await node.collect();
    expect([...(await days())]).toEqual([0, 29]);
    clock.advance(2 * 86_400);
    await node.collect();
    expect([...(await days())]).toEqual([0, 2]);
    expect(await node.stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' });
  });
});
