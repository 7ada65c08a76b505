import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { type UserErrorCode, userErrorCodes, type UserErrorValue } from '../errors.ts';

const UserErrorCodeEnum = Object.fromEntries(
  Object.keys(userErrorCodes).map((code) => [code, code]),
) as Record<UserErrorCode, UserErrorCode>;

registerEnumType(UserErrorCodeEnum, {
  name: 'UserErrorCode',
  description: 'Why a mutation was refused.',
  valuesConfig: Object.fromEntries(
    Object.entries(userErrorCodes).map(([code, description]) => [code, { description }]),
  ),
});

/** An expected refusal, as a value in a payload. */
@ObjectType({ description: 'Why a mutation was refused. Nothing was written.' })
export class UserError implements UserErrorValue {
  @Field(() => UserErrorCodeEnum, { description: 'For programs.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'For people, in English.' })
  message!: string;

  @Field(() => [String], { nullable: true, description: 'The path inside `input` of the value at fault.' })
  field?: readonly string[] | undefined;
}
