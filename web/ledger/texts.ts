import { formatCount } from '../format.ts';
import { type LedgerTransactionKind } from '../graphql/generated/graphql.ts';

/** What each kind of transaction says to readers. Of some kinds the ledger names nobody. */
const sentences: Readonly<Record<LedgerTransactionKind, (amount: string, backer: string) => string>> = {
  PAYMENT: (amount, backer) => `${backer} paid ${amount}.`,
  FEE: (amount) => `The payment provider kept ${amount} as its fee.`,
  REFUND: (amount, backer) => `${amount} was given back to ${backer}.`,
  DISPUTE_OPENED: (amount) => `A backer’s bank demands ${amount} back. It is withheld until that is decided.`,
  DISPUTE_WON: (amount) => `A dispute about ${amount} was decided for the campaign, which holds it again.`,
  DISPUTE_LOST: (amount, backer) => `A dispute was decided for ${backer}, who has ${amount} back.`,
  LOSS_COVERED: (amount) =>
    `The site bore ${amount}: what a payment that went back had cost, such as the provider’s fee.`,
  PAYOUT: (amount) => `${amount} was paid out to the journalist.`,
  PAYOUT_REVERSED: (amount) => `A payout of ${amount} came back.`,
  REVERSAL: (amount) => `A mistake about ${amount} is taken back.`,
};

/** Texts of the ledger on the reader's page. */
export const ledgerTexts = {
  sentences,
  takesBack: (sequence: number) => `It was entry ${sequence}.`,
  standsInPlace: (sequence: number) => `This stands in place of what entry ${sequence} took back.`,
  you: (pseudonym: string) => `${pseudonym} (you)`,
  about:
    'All that has happened to the money, the newest first. Each pledge has a pseudonym of its own, which is random.',
  none: 'No money has moved yet.',
  more: 'Earlier entries',
  newer: (count: number) => `Show ${formatCount(count, 'newer entry', 'newer entries')}`,
  verify:
    'Each entry contains the hash of the one before it: nothing can be changed later without a trace. A program that comes with Standfirst recomputes all of them from what the service shows, and prints the last hash, to be noted:',
  schema: 'What is hashed is said in the schema, at LedgerTransaction.',
};
