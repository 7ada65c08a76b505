import { Field, ObjectType } from 'type-graphql';
import { maxUserErrors, type UserErrorCode, type UserErrorValue } from '../errors/errors.ts';
import { openEnum } from './enum.ts';
import { Bounded } from './price.ts';
import { DateTimeScalar } from './scalars.ts';

/** The codes that the API has, by the features of the schema that is being built. */
export const UserErrorCodeEnum = openEnum<UserErrorCode>(
  'UserErrorCode',
  'The reasons why a mutation can be refused.',
);

/** An expected refusal, as a value in a payload. */
@ObjectType({
  simpleResolvers: true,
  description: 'A reason why a mutation was refused. A refused mutation has written nothing.',
})
export class UserError implements UserErrorValue {
  @Field(() => UserErrorCodeEnum.type, { description: 'The reason, for programs.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'The reason, for people, in English.' })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description: 'The path inside `input` of the value at fault; null if the reason is not one value.',
  })
  field?: readonly string[] | undefined;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the reason is over, such as slow mode; null if the reason does not pass by itself.',
  })
  retryAt?: Date | undefined;
}

/** What the payloads of mutations have in common. It is no type of the schema itself. */
@ObjectType({ simpleResolvers: true })
export abstract class Payload {
  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'The reasons for the refusal; empty if the mutation succeeded.' })
  userErrors!: readonly UserError[];
}
