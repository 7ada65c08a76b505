import { Field, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { PasskeyRow } from './passkey.queries.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'A passkey of the account that makes this request: it signs in without the password.',
})
export class Passkey {
  @Field(() => ID, {
    description: 'Names the passkey for `renamePasskey` and `removePasskey`; no global id.',
  })
  id!: string;

  @Field(() => String, { description: 'The name that the account’s holder gave it.' })
  name!: string;

  @Field(() => DateTimeScalar, { description: 'The time at which it was added.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time at which it signed in or proved something last; null if it never did.',
  })
  usedAt!: Date | null;

  static from({ id, name, createdAt, usedAt }: PasskeyRow): Passkey {
    return Object.assign(new Passkey(), { id, name, createdAt, usedAt });
  }
}
