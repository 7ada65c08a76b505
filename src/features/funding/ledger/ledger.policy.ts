/** Accounts of a ledger, with their description in the schema. */
export const ledgerAccounts = {
  BACKER: 'What a backer has given, under the pseudonym of the pledge: negative.',
  CAMPAIGN: 'What is held for the campaign.',
  PROVIDER_FEES: 'What the payment provider has kept as fees.',
  JOURNALIST: 'What was paid out to the journalist.',
  DISPUTED: 'What is withheld while backers dispute payments.',
  SITE: 'What the site has borne of payments that went back to their backers: negative.',
} as const;

export type LedgerAccount = keyof typeof ledgerAccounts;

/** Kinds of transactions, with their description in the schema. */
export const ledgerKinds = {
  PAYMENT: 'A payment was collected: from BACKER to CAMPAIGN.',
  FEE: 'The payment provider kept a fee: from CAMPAIGN to PROVIDER_FEES.',
  REFUND: 'A payment was refunded, in whole or in part: from CAMPAIGN to BACKER.',
  DISPUTE_OPENED: 'A backer disputed a payment: from CAMPAIGN to DISPUTED.',
  DISPUTE_WON: 'A dispute was decided for the campaign: from DISPUTED to CAMPAIGN.',
  DISPUTE_LOST: 'A dispute was decided for the backer: from DISPUTED to BACKER.',
  LOSS_COVERED:
    'The site bore what a payment that went back had cost beyond what it brought, such as the fee that the provider keeps: from SITE to CAMPAIGN.',
  PAYOUT: 'Money was paid out: from CAMPAIGN to JOURNALIST.',
  PAYOUT_REVERSED: 'A payout came back: from JOURNALIST to CAMPAIGN.',
  REVERSAL: 'An earlier transaction that was wrong is taken back: its entries with the opposite sign.',
} as const;

export type LedgerKind = keyof typeof ledgerKinds;

/** Kinds that move money from one account to another; a reversal moves back what another transaction has moved. */
export type MovementKind = Exclude<LedgerKind, 'REVERSAL'>;

/** The accounts between which each kind moves money. */
export const movements: Readonly<Record<MovementKind, { from: LedgerAccount; to: LedgerAccount }>> = {
  PAYMENT: { from: 'BACKER', to: 'CAMPAIGN' },
  FEE: { from: 'CAMPAIGN', to: 'PROVIDER_FEES' },
  REFUND: { from: 'CAMPAIGN', to: 'BACKER' },
  DISPUTE_OPENED: { from: 'CAMPAIGN', to: 'DISPUTED' },
  DISPUTE_WON: { from: 'DISPUTED', to: 'CAMPAIGN' },
  DISPUTE_LOST: { from: 'DISPUTED', to: 'BACKER' },
  LOSS_COVERED: { from: 'SITE', to: 'CAMPAIGN' },
  PAYOUT: { from: 'CAMPAIGN', to: 'JOURNALIST' },
  PAYOUT_REVERSED: { from: 'JOURNALIST', to: 'CAMPAIGN' },
};

/** One side of a transaction. */
export interface LedgerEntryValue {
  readonly account: LedgerAccount;
  /** The pledge's pseudonym; null for all accounts but BACKER. */
  readonly pseudonym: string | null;
  /** Added to the account; negative if taken from it, never 0. */
  readonly minorUnits: bigint;
}

/**
 * The two entries of a transaction that moves money.
 * @param minorUnits more than 0
 * @param pseudonym the pledge's, for the kinds with the account BACKER; undefined for all others
 */
export function entriesOf(
  kind: MovementKind,
  minorUnits: bigint,
  pseudonym?: string,
): readonly LedgerEntryValue[] {
  const { from, to } = movements[kind];
  const entry = (account: LedgerAccount, amount: bigint): LedgerEntryValue => ({
    account,
    pseudonym: account === 'BACKER' ? (pseudonym ?? null) : null,
    minorUnits: amount,
  });
  return [entry(from, -minorUnits), entry(to, minorUnits)];
}
