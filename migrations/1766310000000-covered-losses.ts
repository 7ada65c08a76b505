import type { MigrationInterface, QueryRunner } from 'typeorm';
import { completeLedger, searchPath } from './1766100000000-ledger.ts';
import { replaceCheck } from './support/constraints.ts';
import { changeTables } from './support/table-locks.ts';

const kinds = [
  'PAYMENT',
  'FEE',
  'REFUND',
  'DISPUTE_OPENED',
  'DISPUTE_WON',
  'DISPUTE_LOST',
  'PAYOUT',
  'PAYOUT_REVERSED',
  'REVERSAL',
];
const accounts = ['BACKER', 'CAMPAIGN', 'PROVIDER_FEES', 'JOURNALIST', 'DISPUTED'];

const oneOf = (column: string, values: readonly string[]): string =>
  `${column} IN (${values.map((value) => `'${value}'`).join(', ')})`;

/** @param more further kinds, as branches of a CASE */
const subjects = (
  more = '',
): string => `num_nonnulls(payment_id, refund_id, dispute_id, payout_id) = 1 AND CASE
  WHEN kind = 'PAYMENT' THEN payment_id IS NOT NULL
  WHEN kind = 'REFUND' THEN refund_id IS NOT NULL
  WHEN kind IN ('DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST') THEN dispute_id IS NOT NULL
  ${more}
  WHEN kind IN ('PAYOUT', 'PAYOUT_REVERSED') THEN payout_id IS NOT NULL
  ELSE true END`;

const checks = [
  {
    table: 'ledger_transaction',
    name: 'ledger_transaction_kind_check',
    before: oneOf('kind', kinds),
    after: oneOf('kind', [...kinds, 'LOSS_COVERED']),
  },
  {
    table: 'ledger_transaction',
    name: 'ledger_transaction_subject_check',
    before: subjects(),
    after: subjects(`WHEN kind = 'LOSS_COVERED' THEN payout_id IS NULL`),
  },
  {
    table: 'ledger_entry',
    name: 'ledger_entry_account_check',
    before: oneOf('account', accounts),
    after: oneOf('account', [...accounts, 'SITE']),
  },
];

/** The site bears what payments have cost that went back to their backers. */
export class CoveredLosses1766310000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const { table, name, after } of checks)
      await replaceCheck(runner, { table, name, expression: after });
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['ledger_transaction', 'ledger_entry'],
      statements: [
        completeLedger(await searchPath(runner), `\n    WHEN 'LOSS_COVERED' THEN '{SITE,CAMPAIGN}'`),
      ],
    });
  }

  /** Refused where the site has borne something: a ledger is not changed. */
  async down(runner: QueryRunner): Promise<void> {
    for (const { table, name, before } of checks) {
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
      await runner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${before})`);
    }
    await runner.query(completeLedger(await searchPath(runner)));
  }
}
