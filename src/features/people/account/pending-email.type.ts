import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'An address that an account is to have once it is confirmed.',
})
export class PendingEmail {
  @Field(() => String, { description: 'The address to which the link was mailed.' })
  email!: string;

  @Field(() => DateTimeScalar, { description: 'The time until which the link is valid.' })
  expiresAt!: Date;
}
