import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { features } from '../../../src/app/features.ts';
import { type Database, violatedConstraint } from '../../../src/platform/db/database.ts';
import { nothingToErase } from '../../../src/platform/feature/erasure.ts';
import { defineFeature, resolver } from '../../../src/platform/feature/feature.ts';
import { ledgerHash, ledgerText, noHash } from '../../../src/features/funding/ledger/ledger-hash.ts';
import { appendLedger, reverseLedger, verifyChain } from '../../../src/features/funding/ledger/ledger.ts';
import { entriesOf } from '../../../src/features/funding/ledger/ledger.policy.ts';
import { selectBalances, selectLedgerAfter } from '../../../src/features/funding/ledger/ledger.queries.ts';
import { loadLedger } from '../../../src/features/funding/ledger/ledger.show.ts';
import { LedgerTransactionConnection } from '../../../src/features/funding/ledger/ledger.type.ts';
import type { Connection } from '../../../src/platform/graphql/connection.ts';
import type { Context } from '../../../src/platform/graphql/context.ts';
import { PageArgs } from '../../../src/platform/graphql/page.ts';
import { findViolations } from '../../../harness/invariants.ts';
import { type TestApp, useApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { book, movement, underLock } from '../../support/ledgers.ts';
import { forgetClasses } from '../../support/registries.ts';

/** Shows the ledger of any article, so that its types are tried without a campaign. */
@Resolver()
class ShownLedgerResolver {
  @Query(() => LedgerTransactionConnection, { nullable: true, description: 'The ledger.' })
  shownLedger(
    @Arg('articleId', () => ID, { description: 'The article.' }) articleId: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<object>> {
    return loadLedger(context, articleId, args);
  }
}

afterAll(() => forgetClasses(ShownLedgerResolver));

const shownLedger = defineFeature({
  name: 'shown-ledger',
  migrations: [],
  tables: [],
  resolvers: [resolver(ShownLedgerResolver)],
  types: [],
  nodes: {},
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: {},
  scopes: {},
  texts: {},
  invariants: {},
  pruning: () => [],
  jobs: () => [],
  routes: () => [],
  served: { pages: {}, parts: {}, texts: {} },
  erasure: () => nothingToErase,
  personalData: [],
});

const service = useApp({}, { features: [...features, shownLedger] });
let app: TestApp;
let db: Database;
beforeAll(() => {
  app = service();
  ({ db } = app.app);
});

const newArticle = async (): Promise<string> => (await app.addArticle()).articleId;
const all = (articleId: string) => selectLedgerAfter(db, articleId, { after: 0, limit: 1000 });

describe('the text of a transaction', () => {
  it('has the documented lines', () => {
    const first = {
      sequence: 1,
      kind: 'PAYMENT' as const,
      occurredAt: new Date('2026-03-01T09:12:00Z'),
      currency: 'EUR',
      corrects: null,
      previousHash: noHash,
      entries: entriesOf('PAYMENT', 500n, 'heron-7'),
    };
    const lines = [
      '0000000000000000000000000000000000000000000000000000000000000000',
      'QXJ0aWNsZTo0Mg',
      '1',
      'PAYMENT',
      '2026-03-01T09:12:00.000Z',
      'EUR',
      '',
      'BACKER|heron-7|-500',
      'CAMPAIGN||500',
    ];
    expect(ledgerText('42', first)).toBe(lines.join('\n'));
    expect(ledgerHash('42', first)).toBe(createHash('sha256').update(lines.join('\n')).digest('hex'));
    const reversal = { ...first, sequence: 12, kind: 'REVERSAL' as const, corrects: 7 };
    expect(ledgerText('42', reversal).split('\n').slice(2, 7)).toEqual([
      '12',
      'REVERSAL',
      '2026-03-01T09:12:00.000Z',
      'EUR',
      '7',
    ]);
  });
});

describe('appending to a ledger', () => {
  it('continues the chain from 1, with milliseconds and amounts as they were given', async () => {
    const articleId = await newArticle();
    expect(await verifyChain(db, articleId)).toBeUndefined();
    const payment = movement(articleId, 'PAYMENT', 999_999_999_999_999n);
    const fee = movement(articleId, 'FEE', 30n, { occurredAt: new Date('1999-12-31T23:59:59.999Z') });
    const head = await book(db, payment, fee);
    const [first, second, ...others] = await all(articleId);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      articleId,
      sequence: 1,
      kind: 'PAYMENT',
      occurredAt: payment.occurredAt,
      currency: 'EUR',
      corrects: null,
      previousHash: noHash,
      entries: payment.entries,
    });
    expect(second).toMatchObject({ ...head, previousHash: first?.hash, occurredAt: fee.occurredAt });
    expect(await verifyChain(db, articleId)).toBeUndefined();
  });

  it('moves the balances', async () => {
    const articleId = await newArticle();
    const none = { BACKER: 0n, CAMPAIGN: 0n, PROVIDER_FEES: 0n, JOURNALIST: 0n, DISPUTED: 0n, SITE: 0n };
    expect(await selectBalances(db, articleId)).toEqual(none);
    await book(
      db,
      movement(articleId, 'PAYMENT', 1000n),
      movement(articleId, 'FEE', 40n),
      movement(articleId, 'PAYMENT', 500n, { pseudonym: 'otter-2' }),
      movement(articleId, 'REFUND', 100n),
      movement(articleId, 'PAYOUT', 1200n),
      // A dispute after the payout: less is left than was paid out.
      movement(articleId, 'DISPUTE_OPENED', 500n, { pseudonym: 'otter-2' }),
    );
    expect(await selectBalances(db, articleId)).toEqual({
      BACKER: -1400n,
      CAMPAIGN: -340n,
      PROVIDER_FEES: 40n,
      JOURNALIST: 1200n,
      DISPUTED: 500n,
      SITE: 0n,
    });
    await book(
      db,
      movement(articleId, 'DISPUTE_LOST', 500n, { pseudonym: 'otter-2' }),
      movement(articleId, 'LOSS_COVERED', 15n),
      movement(articleId, 'PAYOUT_REVERSED', 1200n),
    );
    const balances = {
      BACKER: -900n,
      CAMPAIGN: 875n,
      PROVIDER_FEES: 40n,
      JOURNALIST: 0n,
      DISPUTED: 0n,
      SITE: -15n,
    };
    expect(await selectBalances(db, articleId)).toEqual(balances);
    // Inside a transaction it sees what the transaction has appended.
    const inside = await underLock(db, articleId, async (tx) => {
      await appendLedger(tx, movement(articleId, 'PAYOUT', 875n));
      return selectBalances(tx, articleId);
    });
    expect(inside.CAMPAIGN).toBe(0n);
  });

  it('books a subject once, and leaves nothing of a second attempt', async () => {
    const articleId = await newArticle();
    const payment = movement(articleId, 'PAYMENT', 500n);
    await book(db, payment);
    const error: unknown = await book(db, payment).catch((caught: unknown) => caught);
    expect(violatedConstraint(error)).toBe('ledger_transaction_payment_key');
    expect(await all(articleId)).toHaveLength(1);
  });

  it('fails at the commit if the entries are wrong, and takes back what else the transaction did', async () => {
    const articleId = await newArticle();
    const entries = [
      ...entriesOf('PAYMENT', 500n, 'heron-7'),
      ...entriesOf('PAYMENT', 1n, 'heron-7').slice(1),
    ];
    const failing = underLock(db, articleId, async (tx) => {
      await appendLedger(tx, movement(articleId, 'PAYMENT', 500n));
      await appendLedger(tx, movement(articleId, 'PAYMENT', 500n, { entries }));
    });
    await expect(failing).rejects.toThrow(
      `Ledger transaction 2 of article ${articleId} is out of balance by 1`,
    );
    expect(await all(articleId)).toEqual([]);
  });

  it('takes a wrong transaction back, and books it anew', async () => {
    const articleId = await newArticle();
    const wrong = movement(articleId, 'PAYMENT', 5000n);
    await book(db, wrong);
    const occurredAt = new Date('2026-03-02T10:00:00.000Z');
    await underLock(db, articleId, async (tx) => {
      const { sequence: corrects } = await reverseLedger(tx, { articleId, sequence: 1, occurredAt });
      await appendLedger(tx, { ...wrong, entries: entriesOf('PAYMENT', 500n, 'heron-7'), corrects });
    });
    expect((await all(articleId)).map(({ kind, corrects }) => ({ kind, corrects }))).toEqual([
      { kind: 'PAYMENT', corrects: null },
      { kind: 'REVERSAL', corrects: 1 },
      { kind: 'PAYMENT', corrects: 2 },
    ]);
    expect(await selectBalances(db, articleId)).toMatchObject({ BACKER: -500n, CAMPAIGN: 500n });
    expect(await verifyChain(db, articleId)).toBeUndefined();
    const unknown = underLock(db, articleId, (tx) =>
      reverseLedger(tx, { articleId, sequence: 9, occurredAt }),
    );
    await expect(unknown).rejects.toThrow(`The ledger of article ${articleId} has no transaction 9`);
  });

  it('makes one chain of concurrent appends under the lock', async () => {
    const articleId = await newArticle();
    const transactions = Array.from({ length: 24 }, (_, index) =>
      movement(articleId, 'PAYMENT', BigInt(index + 1)),
    );
    await Promise.all(transactions.map((each) => book(db, each)));
    const rows = await all(articleId);
    expect(rows.map(({ sequence }) => sequence)).toEqual(transactions.map((_, index) => index + 1));
    expect(await verifyChain(db, articleId)).toBeUndefined();
    expect(await selectBalances(db, articleId)).toMatchObject({ BACKER: -300n, CAMPAIGN: 300n });
  });

  it('never forks the chain, even without the lock', async () => {
    const articleId = await newArticle();
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        db.transaction((tx) => appendLedger(tx, movement(articleId, 'PAYMENT', 500n))),
      ),
    );
    const booked = attempts.filter(({ status }) => status === 'fulfilled').length;
    expect(booked).toBeGreaterThan(0);
    // An attempt is refused by the key, or by the trigger if another one was committed since it has read the head.
    for (const attempt of attempts)
      if (attempt.status === 'rejected')
        expect(['ledger_transaction_pk', 'ledger_sequence']).toContain(
          (attempt.reason as { constraint?: string }).constraint,
        );
    expect(await all(articleId)).toHaveLength(booked);
    expect(await verifyChain(db, articleId)).toBeUndefined();
  });
});

describe('verifying a ledger', () => {
  /** What somebody who may change the tables' definition could do by hand. */
  const tamper = (statement: string): Promise<void> =>
    onDatabase(app.database.url, async (client) => {
      await client.query(`BEGIN;
        ALTER TABLE ledger_transaction DISABLE TRIGGER ALL; ALTER TABLE ledger_entry DISABLE TRIGGER ALL;
        ${statement};
        ALTER TABLE ledger_transaction ENABLE TRIGGER ALL; ALTER TABLE ledger_entry ENABLE TRIGGER ALL;
        COMMIT`);
    });

  it.each([
    ['UPDATE ledger_entry SET minor_units = minor_units + 1', 'is out of balance by 2'],
    ['UPDATE ledger_entry SET minor_units = minor_units * 2', 'does not have the hash of its text'],
    [`UPDATE ledger_entry SET pseudonym = 'x'`, 'does not have the hash of its text'],
    [`UPDATE ledger_transaction SET occurred_at = now()`, 'does not have the hash of its text'],
    [`UPDATE ledger_transaction SET hash = previous_hash`, 'does not have the hash of its text'],
    [`UPDATE ledger_transaction SET previous_hash = hash`, 'does not have the hash of the one before'],
    ['DELETE FROM ledger_entry', 'does not have the hash of its text'],
  ])('finds what was changed behind its back: %s', async (change, reason) => {
    const articleId = await newArticle();
    await book(db, ...[1n, 2n, 3n].map((amount) => movement(articleId, 'PAYMENT', amount)));
    const where = `article_id = ${articleId} AND sequence = 2`;
    const isBacker = change.includes('pseudonym') ? ` AND account = 'BACKER'` : '';
    await tamper(`${change} WHERE ${where}${isBacker}`);
    expect(await verifyChain(db, articleId)).toEqual({ sequence: 2, reason });
  });

  it('finds a transaction that was removed', async () => {
    const articleId = await newArticle();
    await book(db, ...[1n, 2n, 3n].map((amount) => movement(articleId, 'PAYMENT', amount)));
    const where = `article_id = ${articleId} AND sequence = 2`;
    await tamper(`DELETE FROM ledger_entry WHERE ${where}; DELETE FROM ledger_transaction WHERE ${where}`);
    expect(await verifyChain(db, articleId)).toEqual({ sequence: 3, reason: 'follows 1' });
    const rule = 'a ledger is one chain of transactions, each of which sums to zero';
    expect(await findViolations(db)).toContain(`${rule}: transaction 3 of article ${articleId}`);
  });

  it('reads a ledger of more than one batch', async () => {
    const articleId = await newArticle();
    await underLock(db, articleId, async (tx) => {
      for (let amount = 1n; amount <= 1002n; amount += 1n)
        await appendLedger(tx, movement(articleId, 'PAYMENT', amount));
    });
    expect(await verifyChain(db, articleId)).toBeUndefined();
    await tamper(
      `UPDATE ledger_entry SET minor_units = minor_units * 2 WHERE article_id = ${articleId} AND sequence = 1001`,
    );
    expect(await verifyChain(db, articleId)).toMatchObject({ sequence: 1001 });
  });
});

describe('a ledger in the API', () => {
  const query = `query ($slug: String!, $articleId: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
    article(slug: $slug) { id }
    shownLedger(articleId: $articleId, first: $first, after: $after, last: $last, before: $before) {
      nodes { sequence kind occurredAt currency corrects previousHash hash
        entries { account pseudonym minorUnits } }
      totalCount edges { cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

  it('is shown page by page, oldest transaction first, and its hashes can be recomputed from what is shown', async () => {
    const { slug, articleId } = await app.addArticle();
    await book(
      db,
      movement(articleId, 'PAYMENT', 10n ** 13n, { occurredAt: new Date('2026-03-01T09:12:00.000Z') }),
      movement(articleId, 'FEE', 1n),
      movement(articleId, 'PAYMENT', 3n),
    );
    const page = (variables: Record<string, unknown>) => app.data(query, { slug, articleId, ...variables });
    const { article, shownLedger: first } = await page({ first: 2 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(first.nodes[0]).toEqual({
      sequence: 1,
      kind: 'PAYMENT',
      occurredAt: '2026-03-01T09:12:00.000Z',
      currency: 'EUR',
      corrects: null,
      previousHash: noHash,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      entries: [
        { account: 'BACKER', pseudonym: 'heron-7', minorUnits: '-10000000000000' },
        { account: 'CAMPAIGN', pseudonym: null, minorUnits: '10000000000000' },
      ],
    });
    const { shownLedger: second } = await page({ first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ sequence }: { sequence: number }) => sequence)).toEqual([3]);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect([first.totalCount, second.totalCount]).toEqual([3, 3]);
    const { shownLedger: back } = await page({ last: 1, before: second.edges[0].cursor });
    expect(back.nodes).toEqual([first.nodes[1]]);

    for (const node of [...first.nodes, ...second.nodes]) {
      const { previousHash, sequence, kind, occurredAt, currency, corrects, entries } = node;
      const text = [
        ...[previousHash, article.id, sequence, kind, occurredAt, currency, corrects ?? ''],
        ...entries.map((entry: Record<string, string | null>) =>
          [entry.account, entry.pseudonym ?? '', entry.minorUnits].join('|'),
        ),
      ].join('\n');
      expect(createHash('sha256').update(text).digest('hex')).toBe(node.hash);
    }
  });

  it('refuses a cursor of another article', async () => {
    const [one, other] = [await app.addArticle(), await app.addArticle()];
    await book(db, movement(one.articleId, 'PAYMENT', 1n));
    const { shownLedger: full } = await app.data(query, one);
    const after = full.pageInfo.endCursor;
    const { errors } = await app.query(query, { ...other, after });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    const { shownLedger: empty } = await app.data(query, other);
    expect(empty).toMatchObject({ totalCount: 0, nodes: [] });
  });
});
