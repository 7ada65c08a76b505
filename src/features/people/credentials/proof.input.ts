import { Field, InputType, ObjectType } from 'type-graphql';
import { maxPasswordLength } from '../../../platform/auth/password.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';

@InputType({ description: 'The password of the account, as a proof.' })
export class ProveByPasswordInput {
  @MaxLength(maxPasswordLength)
  @Field(() => String, { description: 'The account’s password.' })
  password!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of what proves who the viewer is.' })
export class ProofPayload extends Payload {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time until which the proof counts, in this session; null when refused.',
  })
  provenUntil!: Date | null;
}
