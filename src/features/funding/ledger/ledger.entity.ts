import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ArticleEntity } from '../../articles/article/article.entity.ts';
import type { LedgerAccount, LedgerKind } from './ledger.policy.ts';

/** Condition of the index by which each kind books a subject once, unless the earlier transaction was reversed. */
const onceBy = (subject: string): { unique: true; where: string } => ({
  unique: true,
  where: `${subject} IS NOT NULL AND corrects IS NULL`,
});

/**
 * One movement of a campaign's money, by the article of its pitch. Triggers of the migration refuse every change of a
 * row, a gap in the sequence, a wrong hash, and entries that don't sum to zero.
 */
@Entity('ledger_transaction')
@ForeignKey(() => LedgerTransactionEntity, ['articleId', 'corrects'], ['articleId', 'sequence'], {
  name: 'ledger_transaction_corrects_fk',
})
@Check(
  'ledger_transaction_kind_check',
  `kind IN ('PAYMENT', 'FEE', 'REFUND', 'DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST', 'PAYOUT', 'PAYOUT_REVERSED', 'REVERSAL', 'LOSS_COVERED')`,
)
@Check('ledger_transaction_currency_check', `currency ~ '^[A-Z]{3}$'`)
@Check(
  'ledger_transaction_corrects_check',
  `CASE WHEN kind = 'REVERSAL' THEN corrects IS NOT NULL ELSE true END AND corrects < sequence`,
)
@Check(
  'ledger_transaction_subject_check',
  `num_nonnulls(payment_id, refund_id, dispute_id, payout_id) = 1 AND CASE
    WHEN kind = 'PAYMENT' THEN payment_id IS NOT NULL
    WHEN kind = 'REFUND' THEN refund_id IS NOT NULL
    WHEN kind IN ('DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST') THEN dispute_id IS NOT NULL
    WHEN kind = 'LOSS_COVERED' THEN payout_id IS NULL
    WHEN kind IN ('PAYOUT', 'PAYOUT_REVERSED') THEN payout_id IS NOT NULL
    ELSE true END`,
)
@Index('ledger_transaction_payment_key', ['paymentId', 'kind'], onceBy('payment_id'))
@Index('ledger_transaction_refund_key', ['refundId', 'kind'], onceBy('refund_id'))
@Index('ledger_transaction_dispute_key', ['disputeId', 'kind'], onceBy('dispute_id'))
@Index('ledger_transaction_payout_key', ['payoutId', 'kind'], onceBy('payout_id'))
@Index('ledger_transaction_corrects_key', ['articleId', 'corrects'], {
  unique: true,
  where: 'corrects IS NOT NULL',
})
export class LedgerTransactionEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'ledger_transaction_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'ledger_transaction_article_fk' })
  articleId!: string;

  /** Counts from 1 without a gap, per article. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'ledger_transaction_pk' })
  sequence!: number;

  @Column({ type: 'text' })
  kind!: LedgerKind;

  @Column({ type: 'timestamptz', precision: 3 })
  occurredAt!: Date;

  /** ISO 4217; the same for all transactions of an article. */
  @Column({ type: 'text' })
  currency!: string;

  /**
   * For a reversal, the transaction that it takes back; for a transaction that is booked anew afterwards, that reversal.
   */
  @Column({ type: 'integer', nullable: true })
  corrects!: number | null;

  @Column({ type: 'bigint', nullable: true })
  paymentId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  refundId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  disputeId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  payoutId!: string | null;

  /** The `hash` of the transaction before; zeros for the first one. */
  @Column({ type: 'bytea' })
  previousHash!: Buffer;

  /** SHA-256 of the text that `ledger-hash.ts` defines. */
  @Column({ type: 'bytea' })
  hash!: Buffer;
}

/** One side of a transaction of the ledger. */
@Entity('ledger_entry')
@ForeignKey(() => LedgerTransactionEntity, ['articleId', 'sequence'], ['articleId', 'sequence'], {
  name: 'ledger_entry_transaction_fk',
})
@Check('ledger_entry_position_check', 'position BETWEEN 1 AND 4')
@Check(
  'ledger_entry_account_check',
  `account IN ('BACKER', 'CAMPAIGN', 'PROVIDER_FEES', 'JOURNALIST', 'DISPUTED', 'SITE')`,
)
@Check('ledger_entry_pseudonym_check', `pseudonym ~ '^[A-Za-z0-9_-]{1,64}$'`)
@Check(
  'ledger_entry_minor_units_check',
  'minor_units <> 0 AND minor_units BETWEEN -999999999999999 AND 999999999999999',
)
@Check('ledger_entry_backer_check', `(account = 'BACKER') = (pseudonym IS NOT NULL)`)
export class LedgerEntryEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'ledger_entry_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'ledger_entry_pk' })
  sequence!: number;

  /** Counts from 1 without a gap, per transaction. */
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'ledger_entry_pk' })
  position!: number;

  @Column({ type: 'text' })
  account!: LedgerAccount;

  /** The pledge's pseudonym, of an entry of the account BACKER. */
  @Column({ type: 'text', nullable: true })
  pseudonym!: string | null;

  /** Added to the account; negative if taken from it. */
  @Column({ type: 'bigint' })
  minorUnits!: string;
}

/** Tables of the ledger. */
export const ledgerTables = [LedgerTransactionEntity, LedgerEntryEntity];
