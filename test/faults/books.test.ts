/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { type Books, checkBooks } from '../../faults/funding/books.ts';

/* Tests that the checker of the fault harness finds what is wrong with money: books with one fault each. */

const books: Books = {
  pledges: [
    { id: '1', articleId: '7', key: 'p1', status: 'REFUNDED', amount: 100 },
    { id: '2', articleId: '7', key: 'p2', status: 'DROPPED', amount: 200 },
    { id: '3', articleId: '7', key: 'p3', status: 'COLLECTED', amount: 900 },
  ],
  movements: [
    { table: 'payment', id: '1', articleId: '7', key: 'y1', status: 'SUCCEEDED', amount: 100, pledgeId: '1' },
    { table: 'payment', id: '2', articleId: '7', key: 'y2', status: 'FAILED', amount: 200, pledgeId: '2' },
    { table: 'payment', id: '3', articleId: '7', key: 'y3', status: 'SUCCEEDED', amount: 900, pledgeId: '3' },
    { table: 'refund', id: '1', articleId: '7', key: 'r1', status: 'SUCCEEDED', amount: 100, pledgeId: null },
    { table: 'payout', id: '1', articleId: '7', key: 'o1', status: 'PAID', amount: 500, pledgeId: null },
    { table: 'payout', id: '2', articleId: '7', key: 'o2', status: 'REVERSED', amount: 300, pledgeId: null },
  ],
  bookings: [
    { articleId: '7', kind: 'PAYMENT', subject: 'payment:1', amount: 100 },
    { articleId: '7', kind: 'FEE', subject: 'payment:1', amount: 10 },
    { articleId: '7', kind: 'PAYMENT', subject: 'payment:3', amount: 900 },
    { articleId: '7', kind: 'REFUND', subject: 'refund:1', amount: 100 },
    { articleId: '7', kind: 'PAYOUT', subject: 'payout:1', amount: 500 },
    { articleId: '7', kind: 'PAYOUT', subject: 'payout:2', amount: 300 },
    { articleId: '7', kind: 'PAYOUT_REVERSED', subject: 'payout:2', amount: 300 },
  ],
  totals: [{ articleId: '7', collected: 900, paidOut: 500 }],
  objects: [
    ...['p1', 'p2', 'p3'].map((key) => ({
      type: 'checkout.session',
      key,
      status: 'complete',
      amount: null,
      reversed: 0,
    })),
    { type: 'payment_intent', key: 'y1', status: 'succeeded', amount: 100, reversed: 0 },
    { type: 'payment_intent', key: 'y2', status: 'canceled', amount: 200, reversed: 0 },
    { type: 'payment_intent', key: 'y3', status: 'succeeded', amount: 900, reversed: 0 },
    { type: 'refund', key: 'r1', status: 'succeeded', amount: 100, reversed: 0 },
    { type: 'transfer', key: 'o1', status: null, amount: 500, reversed: 0 },
    { type: 'transfer', key: 'o2', status: null, amount: 300, reversed: 300 },
  ],
};

const expected = books.pledges.map(({ id, status }) => ({ id, status }));

/** The faults of the books after a change of one kind of rows. */
function faultsAfter<Name extends keyof Books>(name: Name, change: (rows: Books[Name]) => unknown): string[] {
  return checkBooks({ ...books, [name]: change(books[name]) }, expected);
}

/** A change of one row. */
const changed =
  <Row extends object>(is: (row: Row) => boolean, part: object) =>
  (rows: readonly Row[]): Row[] => {
    expect(rows.filter(is)).toHaveLength(1);
    return rows.map((row) => (is(row) ? { ...row, ...part } : row));
  };
const without =
  <Row>(is: (row: Row) => boolean) =>
  (rows: readonly Row[]): Row[] => {
    expect(rows.filter(is)).toHaveLength(1);
    return rows.filter((row) => !is(row));
  };
const doubled =
  <Row>(is: (row: Row) => boolean) =>
  (rows: readonly Row[]): Row[] => [...rows, ...rows.filter(is)];

const ofKey = (key: string) => (row: { readonly key: string | null }) => row.key === key;

describe('the checker of money', () => {
  it('accepts books that agree', () => {
    expect(checkBooks(books, expected)).toEqual([]);
  });

  it('finds what was done twice by the provider, and what was not', () => {
    for (const [key, name] of [
      ['y3', 'payment 3'],
      ['r1', 'refund 1'],
      ['o1', 'payout 1'],
    ] as const) {
      expect(faultsAfter('objects', doubled(ofKey(key)))).toEqual([
        expect.stringContaining(`${name} is ${key === 'o1' ? 'PAID' : 'SUCCEEDED'}, and was made 2 times`),
      ]);
      expect(faultsAfter('objects', without(ofKey(key)))).toEqual([
        expect.stringContaining('was made 0 times by the provider'),
      ]);
    }
    expect(faultsAfter('objects', doubled(ofKey('p1')))).toEqual([
      'pledge 1 has 2 set-ups at the provider, 2 of them used',
    ]);
    expect(faultsAfter('objects', without(ofKey('p1')))).toEqual([
      'pledge 1 has 0 set-ups at the provider, 0 of them used',
    ]);
  });

  it('finds what the provider has done for no row, or for one that failed', () => {
    const stray = { type: 'payment_intent', key: 'y9', status: 'succeeded', amount: 1, reversed: 0 };
    expect(faultsAfter('objects', (rows) => [...rows, stray])).toEqual([
      expect.stringContaining('payment_intent of y9'),
    ]);
    expect(faultsAfter('objects', changed(ofKey('y2'), { status: 'succeeded' }))).toEqual([
      'payment 2 is FAILED, and was made 1 times by the provider',
    ]);
    expect(faultsAfter('objects', changed(ofKey('y2'), { status: 'requires_payment_method' }))).toEqual([
      expect.stringContaining('might still be made'),
    ]);
  });

  it('finds other amounts, and other states', () => {
    expect(faultsAfter('objects', changed(ofKey('r1'), { amount: 99 }))).toEqual([
      'refund 1 is 100 here, and 99 at the provider',
    ]);
    expect(faultsAfter('objects', changed(ofKey('o2'), { reversed: 0 }))).toEqual([
      'payout 2 is REVERSED, and 0 of it came back',
    ]);
    expect(faultsAfter('pledges', changed(ofKey('p3'), { status: 'DUE' }))).toEqual([
      'pledge 3 is DUE instead of COLLECTED',
    ]);
    expect(faultsAfter('movements', changed(ofKey('y2'), { status: 'SUBMITTED' }))).toEqual([
      'payment 2 is still SUBMITTED',
    ]);
  });

  it('finds what is in the ledger twice, or not, or is shown otherwise', () => {
    for (const { subject, kind } of books.bookings.filter((one) => one.kind !== 'FEE')) {
      const is = (row: { readonly subject: string; readonly kind: string }) =>
        row.subject === subject && row.kind === kind;
      expect(faultsAfter('bookings', without(is))).toEqual([
        expect.stringContaining('in the ledger 0 times'),
      ]);
      expect(faultsAfter('bookings', doubled(is))).toEqual([
        expect.stringContaining('in the ledger 2 times'),
      ]);
    }
    expect(faultsAfter('totals', () => [{ articleId: '7', collected: 1000, paidOut: 800 }])).toHaveLength(2);
  });

  it('finds a pledge that was lost, one that nobody made, and one that was collected twice', () => {
    expect(checkBooks(books, [...expected, { id: '4', status: 'ACTIVE' }])).toEqual(['pledge 4 is lost']);
    expect(checkBooks(books, expected.slice(1))).toEqual(['nobody made pledge 1, which is REFUNDED']);
    expect(faultsAfter('movements', changed(ofKey('y3'), { pledgeId: '1' }))).toEqual([
      'pledge 1 was collected 2 times',
    ]);
  });
});
