import { Field, Int, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { CurrencyCode } from '../money/currency.ts';
import type { PayoutRow, PledgeTallyRow } from './management.queries.ts';
import { Money } from '../money/money.type.ts';
import { PledgeStatusEnum } from '../campaign/pledge.type.ts';
import type { PayoutStatus, PledgeStatus } from '../campaign/transitions.ts';

export const PayoutStatusEnum = graphqlEnum<PayoutStatus>('PayoutStatus', 'The state of a payout.', {
  CREATED: 'It is asked for, and the payment provider does not know of it yet.',
  SUBMITTED: 'The payment provider was asked, and has not confirmed it yet.',
  PAID: 'The receiving account has the money.',
  FAILED: 'The payment provider has refused it: the campaign still holds the money.',
  REVERSED: 'It came back: the campaign holds the money again.',
});

/** The pledges of a campaign in one state. */
@ObjectType({ simpleResolvers: true, description: 'The pledges of a campaign that are in one state.' })
export class PledgeTally {
  @Field(() => PledgeStatusEnum, { description: 'The state.' })
  status!: PledgeStatus;

  @Field(() => Int, { description: 'The number of pledges, above zero.' })
  count!: number;

  @Field(() => Money, { description: 'Their total.' })
  total!: Money;

  static from({ status, count, total }: PledgeTallyRow, currency: CurrencyCode): PledgeTally {
    return Object.assign(new PledgeTally(), {
      status,
      count,
      total: Money.from({ minorUnits: BigInt(total), currency }),
    });
  }
}

/** Money that is paid out, or is to be. */
@ObjectType({ simpleResolvers: true, description: 'Money of a campaign that is paid out.' })
export class Payout {
  @Field(() => PayoutStatusEnum, { description: 'Its state.' })
  status!: PayoutStatus;

  @Field(() => Money, { description: 'What is paid out.' })
  amount!: Money;

  @Field(() => String, { description: 'The receiving account at the payment provider.' })
  destination!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Why it failed, as a code of the payment provider; null if it did not.',
  })
  failureCode!: string | null;

  @Field(() => DateTimeScalar, { description: 'When an editor asked for it.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was paid, failed or came back; null: not yet.',
  })
  settledAt!: Date | null;

  static from(row: PayoutRow, currency: CurrencyCode): Payout {
    const { status, amount, destination, failureCode, createdAt, settledAt } = row;
    return Object.assign(new Payout(), {
      status,
      amount: Money.from({ minorUnits: BigInt(amount), currency }),
      destination,
      failureCode,
      createdAt,
      settledAt,
    });
  }
}

export const PayoutEdge = edgeType(Payout, 'Payout');
export const PayoutConnection = countedConnectionType(Payout, PayoutEdge, 'Payout', {
  isStored: false,
  description: 'The number of edges in the whole list.',
});

/** What those who lead a campaign see of it beyond what is public. */
@NeedsScope('PUBLISH', 'ADMINISTER')
@ObjectType({
  simpleResolvers: true,
  description: 'What those who may edit a campaign’s article see of it, beside what is public.',
})
export class CampaignManagement {
  readonly articleId!: string;
  readonly currency!: CurrencyCode;

  @Field(() => Boolean, {
    description:
      'Whether the viewer is one of the editors, who suspend and resume the campaign, give pledges back and pay out.',
  })
  canMoveMoney!: boolean;

  static of(
    { articleId, currency }: Pick<CampaignManagement, 'articleId' | 'currency'>,
    canMoveMoney: boolean,
  ): CampaignManagement {
    return Object.assign(new CampaignManagement(), { articleId, currency, canMoveMoney });
  }
}
