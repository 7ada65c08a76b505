import { Field, Int, ObjectType } from 'type-graphql';
import { CurrencyCodeScalar } from '../../../platform/graphql/scalars.ts';
import { currencies, type CurrencyCode } from './currency.ts';
import { chargeStep, goalBounds, pledgeBounds } from './money.ts';
import { Money } from './money.type.ts';

/** The rules of amounts in one currency. */
@ObjectType({ simpleResolvers: true, description: 'A currency in which campaigns can be, with its amounts.' })
export class FundingCurrency {
  @Field(() => CurrencyCodeScalar, { description: 'Its code (ISO 4217).' })
  code!: CurrencyCode;

  @Field(() => Int, { description: 'Digits of `minorUnits` behind the point: 0, 2 or 3.' })
  digits!: number;

  @Field(() => Money, { description: 'The least pledge.' })
  leastPledge!: Money;

  @Field(() => Money, { description: 'The largest pledge.' })
  largestPledge!: Money;

  @Field(() => Money, { description: 'The least goal.' })
  leastGoal!: Money;

  @Field(() => Money, { description: 'The largest goal.' })
  largestGoal!: Money;

  @Field(() => Money, { description: 'Pledges and goals are multiples of this amount.' })
  step!: Money;

  static of(code: CurrencyCode): FundingCurrency {
    const money = (minorUnits: bigint): Money => Money.from({ minorUnits, currency: code });
    const [pledge, goal] = [pledgeBounds(code), goalBounds(code)];
    return Object.assign(new FundingCurrency(), {
      code,
      digits: currencies[code].digits,
      leastPledge: money(pledge.least),
      largestPledge: money(pledge.most),
      leastGoal: money(goal.least),
      largestGoal: money(goal.most),
      step: money(chargeStep(code)),
    });
  }
}
