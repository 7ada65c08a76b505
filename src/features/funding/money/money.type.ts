import { Field, ObjectType } from 'type-graphql';
import { CurrencyCodeScalar, MinorUnitsScalar } from '../../../platform/graphql/scalars.ts';
import type { CurrencyCode } from './currency.ts';
import type { Money as MoneyValue } from './money.ts';

/** An amount of money as GraphQL shows it. */
@ObjectType({ simpleResolvers: true, description: 'An amount of money. Exact, never a float.' })
export class Money {
  @Field(() => MinorUnitsScalar, {
    description: 'The amount in the smallest unit of the currency; negative if more is owed than there is.',
  })
  minorUnits!: bigint;

  @Field(() => CurrencyCodeScalar, {
    description: 'The currency, which says how many digits the minor units have.',
  })
  currency!: CurrencyCode;

  static from({ minorUnits, currency }: MoneyValue): Money {
    return Object.assign(new Money(), { minorUnits, currency });
  }
}
