/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import {
  type HashedTransaction,
  ledgerHash,
  noHash,
} from '../../../src/features/funding/ledger/ledger-hash.ts';
import { entriesOf } from '../../../src/features/funding/ledger/ledger.policy.ts';
import { verifyChain } from '../../../src/features/funding/ledger/ledger.ts';
import { selectLedgerAfter } from '../../../src/features/funding/ledger/ledger.queries.ts';
import { type TestApp, useApp } from '../../support/app.ts';

/*
 * What the database refuses by itself, whoever asks: statements here are written by hand, as a faulty or hostile program
 * would write them.
 */

let app: TestApp;
/** A connection of the superuser to whom the tables belong at first. */
let admin: Client;
/** A role that may do everything with rows, as the service may, and one that owns the tables and is no superuser. */
const [serviceRole, ownerRole] = ['service', 'owner'].map(
  (name) => `ledger_${name}_${randomBytes(4).toString('hex')}`,
);

// Before `useApp`, whose own hook drops the database.
afterAll(async () => {
  await admin.query(`
    RESET ROLE;
    REASSIGN OWNED BY ${ownerRole} TO CURRENT_USER;
    DROP OWNED BY ${serviceRole}, ${ownerRole};
    DROP ROLE ${serviceRole}, ${ownerRole};`);
  await admin.end();
});

const service = useApp();

beforeAll(async () => {
  app = service();
  admin = new Client({ connectionString: app.database.url });
  await admin.connect();
  await admin.query(`
    CREATE ROLE ${serviceRole};
    CREATE ROLE ${ownerRole};
    GRANT ALL ON ALL TABLES IN SCHEMA public TO ${serviceRole}, ${ownerRole};
    GRANT CREATE ON SCHEMA public TO ${ownerRole};
    ALTER TABLE ledger_transaction OWNER TO ${ownerRole};
    ALTER TABLE ledger_entry OWNER TO ${ownerRole};
    GRANT ALL ON ledger_transaction, ledger_entry TO ${serviceRole};`);
});

interface Entry {
  readonly account: string;
  readonly pseudonym: string | null;
  readonly minorUnits: bigint;
}

/** A transaction as it is written by hand: parts of it may be wrong. */
interface Written extends Omit<HashedTransaction, 'kind' | 'entries'> {
  readonly kind: string;
  readonly entries: readonly Entry[];
  readonly subject: string;
  readonly subjectId: number;
  readonly hash?: string;
}

let nextSubject = 1000;

/** A payment of 5.00 that would be right as the first transaction of its article. */
const payment = (changes: Partial<Written> = {}): Written => ({
  sequence: 1,
  kind: 'PAYMENT',
  occurredAt: new Date('2026-03-01T09:12:00.007Z'),
  currency: 'EUR',
  corrects: null,
  previousHash: noHash,
  entries: entriesOf('PAYMENT', 500n, 'heron-7'),
  subject: 'payment_id',
  subjectId: nextSubject++,
  ...changes,
});

const hashOf = (articleId: string, written: Written): string =>
  written.hash ?? ledgerHash(articleId, written as HashedTransaction);

async function writeEntry(
  client: Client,
  articleId: string,
  { sequence, position, account, pseudonym, minorUnits }: Entry & { sequence: number; position: number },
): Promise<void> {
  await client.query(
    `INSERT INTO ledger_entry (article_id, sequence, position, account, pseudonym, minor_units)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [articleId, sequence, position, account, pseudonym, String(minorUnits)],
  );
}

/** Writes a transaction and its entries, without a database transaction around them. */
async function writeRows(client: Client, articleId: string, written: Written): Promise<void> {
  const { sequence, entries, subject, subjectId } = written;
  await client.query(
    `INSERT INTO ledger_transaction (article_id, sequence, kind, occurred_at, currency, corrects, ${subject},
       previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), decode($9, 'hex'))`,
    [
      articleId,
      sequence,
      written.kind,
      written.occurredAt,
      written.currency,
      written.corrects,
      subjectId,
      written.previousHash,
      hashOf(articleId, written),
    ],
  );
  for (const [index, entry] of entries.entries())
    await writeEntry(client, articleId, { ...entry, sequence, position: index + 1 });
}

/** Runs `work` in one database transaction. @returns the constraint or SQLSTATE that refused it, or 'committed' */
async function outcome(work: (client: Client) => Promise<void>): Promise<string> {
  try {
    await admin.query('BEGIN');
    await work(admin);
    await admin.query('COMMIT');
    return 'committed';
  } catch (error) {
    await admin.query('ROLLBACK');
    const { constraint, code } = error as { constraint?: string; code?: string };
    return constraint ?? code ?? String(error);
  }
}

const write = (articleId: string, written: Written): Promise<string> =>
  outcome((client) => writeRows(client, articleId, written));

async function newArticle(): Promise<string> {
  return (await app.addArticle()).articleId;
}

/** An article whose ledger has these payments, and nothing wrong. @returns its key and the last hash */
async function articleWith(
  count: number,
): Promise<{ articleId: string; hash: string; subjectIds: number[] }> {
  const articleId = await newArticle();
  let hash = noHash;
  const subjectIds: number[] = [];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const written = payment({ sequence, previousHash: hash });
    expect(await write(articleId, written)).toBe('committed');
    hash = hashOf(articleId, written);
    subjectIds.push(written.subjectId);
  }
  return { articleId, hash, subjectIds };
}

describe('rows of the ledger', () => {
  const roles = {
    'the service’s role': () => [`SET LOCAL ROLE ${serviceRole}`],
    'the owner of the tables': () => [`SET LOCAL ROLE ${ownerRole}`],
    'a superuser': () => [],
    'a superuser without triggers': () => [`SET LOCAL session_replication_role = replica`],
  };
  const changes = [
    `UPDATE ledger_transaction SET hash = hash`,
    `UPDATE ledger_transaction SET payment_id = payment_id WHERE false`,
    `UPDATE ledger_entry SET minor_units = 1`,
    `DELETE FROM ledger_transaction`,
    `DELETE FROM ledger_entry`,
    `TRUNCATE ledger_entry`,
    `TRUNCATE ledger_transaction, ledger_entry`,
    `TRUNCATE ledger_transaction CASCADE`,
    `INSERT INTO ledger_entry SELECT * FROM ledger_entry
       ON CONFLICT (article_id, sequence, position) DO UPDATE SET minor_units = 1`,
  ];

  for (const [name, become] of Object.entries(roles)) {
    it.each(changes)(`are not changed by ${name}: %s`, async (statement) => {
      const { articleId } = await articleWith(2);
      const change = outcome(async (client) => {
        for (const first of become()) await client.query(first);
        await client.query(statement);
      });
      expect(await change).toBe('ledger_append_only');
      expect(await selectLedgerAfter(app.app.db, articleId, { after: 0, limit: 9 })).toHaveLength(2);
    });
  }

  it('do not go with their articles', async () => {
    const { articleId } = await articleWith(1);
    expect(await outcome(async (client) => void (await client.query('TRUNCATE article CASCADE')))).toBe(
      'ledger_append_only',
    );
    const remove = outcome(
      async (client) =>
        void (await client.query(
          `WITH c AS (DELETE FROM article_counter WHERE article_id = $1) DELETE FROM article WHERE id = $1`,
          [articleId],
        )),
    );
    expect(await remove).toMatch(/_fk$/);
  });

  it.each([
    ['the service’s role', () => serviceRole],
    ['the owner of the tables', () => ownerRole],
  ])('are inserted by %s only in balance', async (_, role) => {
    const articleId = await newArticle();
    const become = async (client: Client): Promise<void> =>
      void (await client.query(`SET LOCAL ROLE ${role()}`));
    const [from] = entriesOf('PAYMENT', 500n, 'heron-7');
    const [, to] = entriesOf('PAYMENT', 499n);
    if (!from || !to) throw new Error('A movement has two entries');
    const unbalanced = outcome(async (client) => {
      await become(client);
      await writeRows(client, articleId, payment({ entries: [from, to] }));
    });
    expect(await unbalanced).toBe('ledger_balance');
    const balanced = outcome(async (client) => {
      await become(client);
      await writeRows(client, articleId, payment());
    });
    expect(await balanced).toBe('committed');
  });
});

describe('a transaction of the ledger', () => {
  it('is refused at the commit without entries, with one, and with a gap between them', async () => {
    const articleId = await newArticle();
    const [from, to] = entriesOf('PAYMENT', 500n, 'heron-7');
    if (!from || !to) throw new Error('A movement has two entries');
    expect(await write(articleId, payment({ entries: [] }))).toBe('ledger_entries');
    expect(await write(articleId, payment({ entries: [from] }))).toBe('ledger_entries');
    const written = payment({ entries: [] });
    const hash = ledgerHash(articleId, { ...(written as HashedTransaction), entries: [from, to] });
    const withGap = outcome(async (client) => {
      await writeRows(client, articleId, { ...written, hash });
      await writeEntry(client, articleId, { ...from, sequence: 1, position: 1 });
      await writeEntry(client, articleId, { ...to, sequence: 1, position: 3 });
    });
    expect(await withGap).toBe('ledger_entries');
  });

  it('accepts no entry later, neither alone nor a pair in balance, nor in a savepoint', async () => {
    const { articleId } = await articleWith(1);
    const late = [
      { account: 'CAMPAIGN', pseudonym: null, minorUnits: 7n, sequence: 1, position: 3 },
      { account: 'BACKER', pseudonym: 'heron-7', minorUnits: -7n, sequence: 1, position: 4 },
    ];
    const [one] = late;
    if (!one) throw new Error('There is a late entry');
    expect(await outcome((client) => writeEntry(client, articleId, one))).toBe('ledger_balance');
    const pair = outcome(async (client) => {
      for (const entry of late) await writeEntry(client, articleId, entry);
    });
    expect(await pair).toBe('ledger_hash');
    const inSavepoint = outcome(async (client) => {
      await client.query('SAVEPOINT late');
      for (const entry of late) await writeEntry(client, articleId, entry);
      await client.query('RELEASE SAVEPOINT late');
    });
    expect(await inSavepoint).toBe('ledger_hash');
    expect(await verifyChain(app.app.db, articleId)).toBeUndefined();
  });

  it('may be written in savepoints', async () => {
    const articleId = await newArticle();
    const written = payment();
    const inSavepoints = outcome(async (client) => {
      await client.query('SAVEPOINT one');
      await writeRows(client, articleId, {
        ...written,
        entries: [],
        hash: hashOf(articleId, written),
      });
      await client.query('RELEASE SAVEPOINT one');
      for (const [index, entry] of written.entries.entries()) {
        await client.query('SAVEPOINT two');
        await writeEntry(client, articleId, { ...entry, sequence: 1, position: index + 1 });
        await client.query('RELEASE SAVEPOINT two');
      }
    });
    expect(await inSavepoints).toBe('committed');
    expect(await verifyChain(app.app.db, articleId)).toBeUndefined();
  });

  it('continues the chain: no gap, no repetition, no other beginning', async () => {
    const { articleId, hash: previousHash } = await articleWith(2);
    expect(await write(articleId, payment({ sequence: 4, previousHash }))).toBe('ledger_sequence');
    expect(await write(articleId, payment({ sequence: 2, previousHash }))).toBe('ledger_sequence');
    expect(await write(articleId, payment({ sequence: 0, previousHash }))).toBe('ledger_sequence');
    expect(await write(await newArticle(), payment({ sequence: 2 }))).toBe('ledger_sequence');
    expect(await write(articleId, payment({ sequence: 3, previousHash }))).toBe('committed');
  });

  it('has the hash of the one before', async () => {
    const { articleId, hash: previousHash } = await articleWith(1);
    const last = previousHash.slice(-1);
    const wrong = previousHash.slice(0, -1) + (last === '0' ? '1' : '0');
    expect(await write(articleId, payment({ sequence: 2, previousHash: wrong }))).toBe(
      'ledger_previous_hash',
    );
    expect(await write(articleId, payment({ sequence: 2, previousHash: noHash }))).toBe(
      'ledger_previous_hash',
    );
    expect(await write(await newArticle(), payment({ previousHash }))).toBe('ledger_previous_hash');
  });

  it('has the hash of its text, whichever part differs', async () => {
    const right = payment();
    const parts: Partial<Written>[] = [
      { occurredAt: new Date('2026-03-01T09:12:00.008Z') },
      { currency: 'USD' },
      { entries: entriesOf('PAYMENT', 501n, 'heron-7') },
      { entries: entriesOf('PAYMENT', 500n, 'heron-8') },
      { entries: entriesOf('PAYMENT', 500n, 'heron-7').toReversed() },
    ];
    const articleId = await newArticle();
    const hash = hashOf(articleId, right);
    for (const part of parts) expect(await write(articleId, { ...right, ...part, hash })).toBe('ledger_hash');
    expect(await write(await newArticle(), { ...right, hash })).toBe('ledger_hash');
    expect(await write(articleId, { ...right, hash: hash.slice(2) })).toBe('ledger_hash');
    expect(await write(articleId, { ...right, hash })).toBe('committed');
  });

  it('moves money between the accounts of its kind, in their direction', async () => {
    const articleId = await newArticle();
    const [refund, payout] = [entriesOf('REFUND', 500n, 'heron-7'), entriesOf('PAYOUT', 500n)];
    expect(await write(articleId, payment({ entries: refund }))).toBe('ledger_movement');
    expect(await write(articleId, payment({ entries: payout }))).toBe('ledger_movement');
  });

  it('is in the currency of those before', async () => {
    const { articleId, hash: previousHash } = await articleWith(1);
    expect(await write(articleId, payment({ sequence: 2, previousHash, currency: 'USD' }))).toBe(
      'ledger_currency',
    );
    expect(await write(await newArticle(), payment({ currency: 'eur' }))).toBe(
      'ledger_transaction_currency_check',
    );
  });

  it('has the subject of its kind, once', async () => {
    const { articleId, hash: previousHash, subjectIds } = await articleWith(1);
    const next = { sequence: 2, previousHash };
    const [subjectId] = subjectIds;
    expect(await write(articleId, payment({ ...next, subjectId }))).toBe('ledger_transaction_payment_key');
    expect(await write(await newArticle(), payment({ subjectId }))).toBe('ledger_transaction_payment_key');
    expect(await write(articleId, payment({ ...next, subject: 'refund_id' }))).toBe(
      'ledger_transaction_subject_check',
    );
    const fee = { ...next, kind: 'FEE', entries: entriesOf('FEE', 30n), subjectId };
    expect(await write(articleId, payment(fee))).toBe('committed');
  });

  it('is checked against the tables, whatever temporary tables are called', async () => {
    const articleId = await newArticle();
    const hidden = outcome(async (client) => {
      const [from, to] = entriesOf('PAYMENT', 500n, 'heron-7');
      if (!from || !to) throw new Error('A movement has two entries');
      const written = payment({ entries: [from, to] });
      await client.query('CREATE TEMPORARY TABLE ledger_entry (LIKE public.ledger_entry) ON COMMIT DROP');
      await writeRows(client, articleId, written);
    });
    expect(await hidden).toBe('ledger_entries');
  });
});

describe('an entry of the ledger', () => {
  const [from, to] = entriesOf('PAYMENT', 500n, 'heron-7');

  it.each<[string, Partial<Entry>]>([
    ['ledger_entry_minor_units_check', { minorUnits: 0n }],
    ['ledger_entry_minor_units_check', { minorUnits: -(10n ** 15n) }],
    ['ledger_entry_backer_check', { pseudonym: null }],
    ['ledger_entry_backer_check', { account: 'CAMPAIGN' }],
    ['ledger_entry_account_check', { account: 'NOBODY' }],
    ['ledger_entry_pseudonym_check', { pseudonym: 'a|b' }],
    ['ledger_entry_pseudonym_check', { pseudonym: 'a\nb' }],
    ['ledger_entry_pseudonym_check', { pseudonym: 'ab\n' }],
    ['ledger_entry_pseudonym_check', { pseudonym: '' }],
  ])('is refused by %s: %p', async (constraint, change) => {
    if (!from || !to) throw new Error('A movement has two entries');
    const entries = [{ ...from, ...change }, to];
    expect(await write(await newArticle(), payment({ entries, hash: noHash }))).toBe(constraint);
  });
});

describe('a reversal', () => {
  const opposite = entriesOf('PAYMENT', 500n, 'heron-7').map((entry) => ({
    ...entry,
    minorUnits: -entry.minorUnits,
  }));

  it('names a transaction before it, with the same subject and the opposite entries', async () => {
    const { articleId, hash: previousHash, subjectIds } = await articleWith(2);
    const [subjectId, otherId] = subjectIds;
    const reversal = payment({
      sequence: 3,
      kind: 'REVERSAL',
      previousHash,
      corrects: 1,
      entries: opposite,
      subjectId,
    });
    const refused: [string, Partial<Written>][] = [
      ['ledger_transaction_corrects_check', { corrects: null }],
      ['ledger_correction', { corrects: 7 }],
      ['ledger_correction', { corrects: 2 }],
      ['ledger_correction', { subjectId: otherId }],
      ['ledger_correction', { subject: 'refund_id' }],
      ['ledger_reversal', { entries: entriesOf('PAYMENT', 500n, 'heron-7') }],
      ['ledger_reversal', { entries: entriesOf('REFUND', 499n, 'heron-7').toReversed() }],
      ['ledger_reversal', { entries: entriesOf('REFUND', 500n, 'heron-8').toReversed() }],
    ];
    for (const [constraint, change] of refused)
      expect(await write(articleId, { ...reversal, ...change })).toBe(constraint);
    expect(await write(articleId, reversal)).toBe('committed');
  });

  it('happens once, is not reversed itself, and frees its subject for one new booking of the same kind', async () => {
    const { articleId, hash, subjectIds } = await articleWith(1);
    const [subjectId = 0] = subjectIds;
    const reversal = payment({
      sequence: 2,
      kind: 'REVERSAL',
      previousHash: hash,
      corrects: 1,
      entries: opposite,
      subjectId,
    });
    expect(await write(articleId, reversal)).toBe('committed');
    const next = { sequence: 3, previousHash: hashOf(articleId, reversal), subjectId };
    expect(await write(articleId, { ...reversal, ...next })).toBe('ledger_transaction_corrects_key');
    const twice = { ...reversal, ...next, corrects: 2, entries: entriesOf('PAYMENT', 500n, 'heron-7') };
    expect(await write(articleId, twice)).toBe('ledger_correction');

    const smaller = entriesOf('PAYMENT', 450n, 'heron-7');
    expect(await write(articleId, payment({ ...next, entries: smaller }))).toBe(
      'ledger_transaction_payment_key',
    );
    const asFee = { ...next, kind: 'FEE', entries: entriesOf('FEE', 450n), corrects: 2 };
    expect(await write(articleId, payment(asFee))).toBe('ledger_correction');
    const onPayment = payment({ ...next, entries: smaller, corrects: 1 });
    expect(await write(articleId, onPayment)).toBe('ledger_correction');
    const anew = payment({ ...next, entries: smaller, corrects: 2 });
    expect(await write(articleId, anew)).toBe('committed');
    const again = { ...next, sequence: 4, previousHash: hashOf(articleId, anew) };
    expect(await write(articleId, payment({ ...again, entries: smaller, corrects: 2 }))).toBe(
      'ledger_transaction_corrects_key',
    );
    expect(await verifyChain(app.app.db, articleId)).toBeUndefined();
  });
});
