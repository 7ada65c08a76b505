/**
 * @database none
 * @seconds 10
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import 'reflect-metadata';
import {
  type ChainedTransaction,
  type HashedTransaction,
  ledgerHash,
  noHash,
} from '../../../src/features/funding/ledger/ledger-hash.ts';
import { entriesOf, type MovementKind } from '../../../src/features/funding/ledger/ledger.policy.ts';
import { encodeGlobalId } from '../../../src/platform/graphql/global-id.ts';
import { MinorUnitsScalar } from '../../../src/platform/graphql/scalars.ts';
import { watchForLeaks } from '../../support/leaks.ts';

const script = join(import.meta.dirname, '../../../examples/verify-ledger.mjs');
const articleId = '42';

type Fields = Record<string, string | number | null>;
type Node = Fields & { entries: Fields[] };

/** A ledger as the API shows it: JSON of one article. */
interface Shown {
  id: string;
  readonly nodes: Node[];
}

/** Transactions of every kind, chained as the service chains them. */
function makeLedger(count: number): ChainedTransaction[] {
  const kinds: MovementKind[] = [
    'PAYMENT',
    'FEE',
    'REFUND',
    'DISPUTE_OPENED',
    'DISPUTE_WON',
    'PAYOUT',
    'LOSS_COVERED',
  ];
  const ledger: ChainedTransaction[] = [];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const kind = kinds[sequence % kinds.length] ?? 'PAYMENT';
    const before = ledger.at(-1);
    const isReversal = sequence === count && before !== undefined;
    const transaction: HashedTransaction = {
      sequence,
      kind: isReversal ? 'REVERSAL' : kind,
      occurredAt: new Date(Date.UTC(2026, 2, 1) + sequence * 1001),
      currency: 'EUR',
      corrects: isReversal ? before.sequence : null,
      previousHash: before?.hash ?? noHash,
      entries: isReversal
        ? before.entries.map((entry) => ({ ...entry, minorUnits: -entry.minorUnits }))
        : entriesOf(kind, BigInt(100 + sequence), 'heron-7'),
    };
    ledger.push({ ...transaction, hash: ledgerHash(articleId, transaction) });
  }
  return ledger;
}

const unbalanced = [...entriesOf('FEE', 5n), ...entriesOf('FEE', 7n).slice(1)];

/** Changes a transaction, and its hash with it. */
function give(transaction: ChainedTransaction, changes: Partial<HashedTransaction>): void {
  Object.assign(transaction, changes);
  Object.assign(transaction, { hash: ledgerHash(articleId, transaction) });
}

const show = (ledger: readonly ChainedTransaction[]): Shown =>
  JSON.parse(
    JSON.stringify({
      id: encodeGlobalId('Article', articleId),
      nodes: ledger.map((transaction) => ({
        ...transaction,
        entries: transaction.entries.map((entry) => ({
          ...entry,
          minorUnits: MinorUnitsScalar.serialize(entry.minorUnits),
        })),
      })),
    }),
  ) as Shown;

describe('verify-ledger.mjs', () => {
  let server: Server;
  let address: string;
  let checkLeaks: () => Promise<void>;
  /** What the server shows next, in pages of 100. */
  let shown: Shown | undefined;
  let campaign = true;
  const cursors: unknown[] = [];

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { variables } = JSON.parse(body) as { variables: { slug: string; after: string | null } };
        cursors.push(variables.after);
        const start = Number(variables.after ?? 0);
        const ledger = {
          nodes: shown?.nodes.slice(start, start + 100),
          pageInfo: {
            hasNextPage: start + 100 < (shown?.nodes.length ?? 0),
            endCursor: String(start + 100),
          },
        };
        const article = shown && { id: shown.id, campaign: campaign ? { ledger } : null };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ data: { article: article ?? null } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await checkLeaks();
  });

  /** Runs the script on what the server shows. */
  const verify = (ledger: Shown | undefined): Promise<{ code: number; output: string; errors: string }> => {
    shown = ledger;
    cursors.length = 0;
    return new Promise((resolve) => {
      execFile(process.execPath, [script, 'a-slug', address], (error, output, errors) =>
        resolve({ code: Number(error?.code ?? 0), output, errors }),
      );
    });
  };

  it('prints the balances of a ledger that is right, which it reads page by page', async () => {
    const ledger = makeLedger(201);
    const { code, output, errors } = await verify(show(ledger));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const sumOf = (name: string): bigint =>
      ledger
        .flatMap(({ entries }) => entries)
        .filter(({ account }) => account === name)
        .reduce((sum, { minorUnits }) => sum + minorUnits, 0n);
    const lines = ['BACKER', 'CAMPAIGN', 'DISPUTED', 'JOURNALIST', 'PROVIDER_FEES', 'SITE'].map(
      (account) => `${account.padEnd(14)}${String(sumOf(account))} (EUR, minor units)`,
    );
    const end = `201 transactions are right; the last hash is ${ledger.at(-1)?.hash}`;
    expect(output.trim().split('\n')).toEqual([...lines, end]);
    expect(cursors).toEqual([null, '100', '200']);
  });

  it('accepts an empty ledger, and says what is missing', async () => {
    expect(await verify(show([]))).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^0 transactions/),
    });
    const none = await verify(undefined);
    expect(none).toMatchObject({ code: 1, errors: 'There is no article "a-slug"\n' });
    campaign = false;
    const without = await verify(show([]));
    campaign = true;
    expect(without).toMatchObject({ code: 1, errors: 'The article "a-slug" has no campaign\n' });
  });

  /** The value with one character changed, or another number. */
  const changed = (value: string | number | null): string | number => {
    if (value === null) return 1;
    if (typeof value === 'number') return value + 1;
    const middle = Math.floor(value.length / 2);
    return `${value.slice(0, middle)}${value[middle] === '1' ? '2' : '1'}${value.slice(middle + 1)}`;
  };

  /** Names of the fields of transactions and entries, from what is shown. */
  const [sample] = show(makeLedger(1)).nodes;
  const [entry] = sample?.entries ?? [];
  const fields = Object.keys(sample ?? {}).filter((name) => name !== 'entries');
  const entryFields = Object.keys(entry ?? {});

  it('is tried on every field of the API', () => {
    expect(fields.sort()).toEqual(
      ['corrects', 'currency', 'hash', 'kind', 'occurredAt', 'previousHash', 'sequence'].sort(),
    );
    expect(entryFields.sort()).toEqual(['account', 'minorUnits', 'pseudonym']);
  });

  // The last transaction corrects another, and the second has a pseudonym.
  it.each([1, 5].flatMap((sequence) => fields.map((field) => [field, sequence] as const)))(
    'names the transaction whose %s was changed: %i',
    async (field, sequence) => {
      const ledger = show(makeLedger(5));
      const node = ledger.nodes[sequence - 1];
      if (!node) throw new Error('There is a transaction of this sequence');
      node[field] = changed(node[field] ?? null);
      const { code, output, errors } = await verify(ledger);
      expect({ code, output }).toEqual({ code: 1, output: '' });
      expect(errors).toMatch(new RegExp(`^Transaction ${String(node.sequence)} `));
    },
  );

  it.each(
    [2, 5].flatMap((sequence) =>
      entryFields.flatMap((field) => [0, 1].map((index) => [field, index, sequence] as const)),
    ),
  )('names the transaction with a changed %s of entry %i: %i', async (field, index, sequence) => {
    const ledger = show(makeLedger(5));
    const entries = ledger.nodes[sequence - 1]?.entries ?? [];
    const of = entries[index];
    if (!of) throw new Error('There is an entry of this index');
    of[field] = changed(of[field] ?? null);
    const { code, output, errors } = await verify(ledger);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toMatch(new RegExp(`^Transaction ${sequence} `));
  });

  it('finds amounts that were changed in balance, entries in another order, and transactions that were removed', async () => {
    const doubled = show(makeLedger(5));
    for (const each of doubled.nodes[1]?.entries ?? [])
      each.minorUnits = String(2n * BigInt(each.minorUnits ?? 0));
    expect((await verify(doubled)).errors).toMatch(/^Transaction 2 has the hash /);

    const turned = show(makeLedger(5));
    turned.nodes[2]?.entries.reverse();
    expect((await verify(turned)).errors).toMatch(/^Transaction 3 has the hash /);

    const shorter = show(makeLedger(5));
    shorter.nodes.splice(2, 1);
    expect((await verify(shorter)).errors).toBe('Transaction 4 follows transaction 2\n');

    const ofAnother = show(makeLedger(5));
    ofAnother.id = encodeGlobalId('Article', '43');
    expect((await verify(ofAnother)).errors).toMatch(/^Transaction 1 has the hash /);
  });

  it.each<[string, (ledger: ChainedTransaction[]) => void]>([
    ['is out of balance by 7', ([first]) => first && give(first, { entries: unbalanced })],
    ['is not in EUR', ([, second]) => second && give(second, { currency: 'USD' })],
    ['follows transaction 1', ([, second]) => second && give(second, { sequence: 3 })],
    [
      'does not have the hash of the one before',
      ([, second]) => second && give(second, { previousHash: noHash }),
    ],
    ['has a line feed or a | in one of its parts', ([first]) => first && give(first, { currency: 'EUR\n' })],
    [
      'has a line feed or a | in one of its parts',
      ([first]) => first && give(first, { entries: entriesOf('REFUND', 5n, 'heron|7') }),
    ],
  ])('finds a transaction that %s, although its hash is right', async (fault, change) => {
    const ledger = makeLedger(2);
    change(ledger);
    const { code, errors } = await verify(show(ledger));
    expect({ code, errors: errors.replace(/^Transaction \d /, '') }).toEqual({
      code: 1,
      errors: `${fault}\n`,
    });
  });

  it('finds entries that hide others in one of their parts: the text would be the same', async () => {
    const transaction: HashedTransaction = {
      ...makeLedger(1)[0]!,
      entries: [...entriesOf('REFUND', 5n, 'heron-7'), ...entriesOf('REFUND', 3n, 'otter-2')],
    };
    const ledger = show([{ ...transaction, hash: ledgerHash(articleId, transaction) }]);
    expect(await verify(ledger)).toMatchObject({ code: 0 });
    const [node] = ledger.nodes;
    const [first, second, third, fourth] = node?.entries ?? [];
    if (!node || !first || !second || !third || !fourth) throw new Error('There are four entries');
    const lineOf = (each: Fields): string => `${each.account}|${each.pseudonym ?? ''}|${each.minorUnits}`;
    third.account = `${lineOf(first)}\n${lineOf(second)}\n${third.account}`;
    node.entries = [third, fourth];
    expect(await verify(ledger)).toMatchObject({
      code: 1,
      errors: 'Transaction 1 has a line feed or a | in one of its parts\n',
    });
  });

  it('needs a slug, and says if the service cannot be reached', async () => {
    const usage = await new Promise<string>((resolve) => {
      execFile(process.execPath, [script], (_, __, errors) => resolve(errors));
    });
    expect(usage).toMatch(/^Usage: /);
    const unreachable = await new Promise<string>((resolve) => {
      execFile(process.execPath, [script, 'a-slug', 'http://127.0.0.1:1'], (_, __, errors) =>
        resolve(errors),
      );
    });
    expect(unreachable).not.toBe('');
  });
});
