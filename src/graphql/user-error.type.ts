import { Field, ObjectType } from 'type-graphql';
import { type UserErrorCode, userErrorCodes, type UserErrorValue } from '../errors/errors.ts';
import { graphqlEnum } from './enum.ts';

const UserErrorCodeEnum = graphqlEnum<UserErrorCode>(
  'UserErrorCode',
  'Why a mutation was refused.',
  userErrorCodes,
);

/** An expected refusal, as a value in a payload. */
@ObjectType({ simpleResolvers: true, description: 'Why a mutation was refused. Nothing was written.' })
export class UserError implements UserErrorValue {
  @Field(() => UserErrorCodeEnum, { description: 'For programs.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'For people, in English.' })
  message!: string;

  @Field(() => [String], { nullable: true, description: 'The path inside `input` of the value at fault.' })
  field?: readonly string[] | undefined;
}
