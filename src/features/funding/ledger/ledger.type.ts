import { Field, Int, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { CurrencyCodeScalar, DateTimeScalar, MinorUnitsScalar } from '../../../platform/graphql/scalars.ts';
import {
  type LedgerAccount,
  ledgerAccounts,
  type LedgerEntryValue,
  type LedgerKind,
  ledgerKinds,
} from './ledger.policy.ts';
import type { LedgerRow } from './ledger.queries.ts';

export const LedgerAccountEnum = graphqlEnum<LedgerAccount>(
  'LedgerAccount',
  'An account of a campaign’s ledger. The accounts of a ledger always sum to zero.',
  ledgerAccounts,
);

export const LedgerKindEnum = graphqlEnum<LedgerKind>(
  'LedgerTransactionKind',
  'What happened to money.',
  ledgerKinds,
);

/** Most entries of one transaction, which the database checks as well. */
const maxEntries = 4;

/** One side of a transaction. */
@ObjectType({
  simpleResolvers: true,
  description: 'One side of a transaction of a ledger.',
})
export class LedgerEntry {
  @Field(() => LedgerAccountEnum, { description: 'The account to which the amount is added.' })
  account!: LedgerAccount;

  @Field(() => String, {
    nullable: true,
    description:
      'The pseudonym of the pledge, the same in all of its transactions; null for accounts other than BACKER.',
  })
  pseudonym!: string | null;

  @Field(() => MinorUnitsScalar, {
    description: 'The amount in the currency of the transaction; negative if it is taken from the account.',
  })
  minorUnits!: bigint;

  static from({ account, pseudonym, minorUnits }: LedgerEntryValue): LedgerEntry {
    return Object.assign(new LedgerEntry(), { account, pseudonym, minorUnits });
  }
}

/** One movement of a campaign's money. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One movement of a campaign’s money. It is never changed or removed: a mistake is taken back by a REVERSAL.\n\n`hash` is the SHA-256 of these lines in UTF-8, separated by single line feeds, without one at the end: `previousHash`; the `id` of the article; `sequence`; `kind`; `occurredAt`; `currency`; `corrects`, or an empty line; and for each of the `entries`, in order, `account|pseudonym|minorUnits`, with an empty pseudonym if there is none. So whoever notes the `hash` of a transaction can tell later whether it, or any before it, was changed.',
})
export class LedgerTransaction {
  @Field(() => Int, { description: 'Counts the transactions of the campaign from 1, without a gap.' })
  sequence!: number;

  @Field(() => LedgerKindEnum, { description: 'What happened.' })
  kind!: LedgerKind;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  occurredAt!: Date;

  @Field(() => CurrencyCodeScalar, { description: 'The currency of all amounts: that of the campaign.' })
  currency!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'For a REVERSAL, the `sequence` of the transaction that it takes back. For what is booked anew after a reversal, the `sequence` of that reversal. Null for all others.',
  })
  corrects!: number | null;

  @Field(() => String, {
    description: 'The `hash` of the transaction before, 64 hexadecimal digits; zeros for the first one.',
  })
  previousHash!: string;

  @Field(() => String, {
    description: 'The hash of this transaction and thereby of all before it, 64 hexadecimal digits.',
  })
  hash!: string;

  @Bounded(maxEntries)
  @Field(() => [LedgerEntry], { description: 'The sides of the movement, at least two; they sum to zero.' })
  entries!: LedgerEntry[];

  static from(row: LedgerRow): LedgerTransaction {
    return Object.assign(new LedgerTransaction(), {
      sequence: row.sequence,
      kind: row.kind,
      occurredAt: row.occurredAt,
      currency: row.currency,
      corrects: row.corrects,
      previousHash: row.previousHash,
      hash: row.hash,
      entries: row.entries.map((entry) => LedgerEntry.from(entry)),
    });
  }
}

export const LedgerTransactionEdge = edgeType(LedgerTransaction, 'LedgerTransaction');
export const LedgerTransactionConnection = countedConnectionType(
  LedgerTransaction,
  LedgerTransactionEdge,
  'LedgerTransaction',
  {
    isStored: false,
    description: 'The number of edges in the whole list: the `sequence` of the last one.',
  },
);
