import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { maxUserErrors } from '../errors/errors.ts';
import { Bounded } from '../graphql/price.ts';
import { DateTimeScalar } from '../graphql/scalars.ts';
import { UserError } from '../graphql/user-error.type.ts';
import { codesPerSet } from './passkey.policy.ts';
import { Passkey } from './passkey.type.ts';

@InputType({
  description:
    'A proof of who makes the request: the password or a passkey, one of both. Neither, if the account has no password and the session has begun within the last ten minutes.',
})
export class OwnerProofInput {
  @Field(() => String, { nullable: true, description: 'The account’s password.' })
  currentPassword?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The answer of a passkey to `beginPasskeyProof`, as JSON.',
  })
  passkey?: string | null;
}

@InputType({ description: 'The answer of a passkey to `beginPasskeySignIn`.' })
export class FinishPasskeySignInInput {
  @Field(() => String, {
    description: 'The `PublicKeyCredential` of `navigator.credentials.get`, as JSON: its `toJSON()`.',
  })
  response!: string;
}

@InputType({ description: 'A recovery code in place of a passkey, after the password.' })
export class SignInWithRecoveryCodeInput {
  @Field(() => String, { description: '`SecondStep.token`.' })
  token!: string;

  @Field(() => String, { description: 'The code; case, spaces and hyphens do not matter.' })
  recoveryCode!: string;
}

@InputType({ description: 'Who asks for a new passkey.' })
export class BeginAddPasskeyInput {
  @Field(() => OwnerProofInput, { description: 'The proof.' })
  proof!: OwnerProofInput;
}

@InputType({ description: 'A new passkey.' })
export class AddPasskeyInput {
  @Field(() => String, {
    description: 'The `PublicKeyCredential` of `navigator.credentials.create`, as JSON: its `toJSON()`.',
  })
  response!: string;

  @Field(() => String, { description: 'A name by which its holder knows it: 1 to 60 characters.' })
  name!: string;
}

@InputType({ description: 'Another name for a passkey.' })
export class RenamePasskeyInput {
  @Field(() => ID, { description: '`Passkey.id`.' })
  passkeyId!: string;

  @Field(() => String, { description: 'The new name: 1 to 60 characters.' })
  name!: string;
}

@InputType({ description: 'A passkey to remove.' })
export class RemovePasskeyInput {
  @Field(() => ID, { description: '`Passkey.id`.' })
  passkeyId!: string;

  @Field(() => OwnerProofInput, { description: 'The proof of who removes it.' })
  proof!: OwnerProofInput;
}

@InputType({ description: 'Who asks for recovery codes.' })
export class CreateRecoveryCodesInput {
  @Field(() => OwnerProofInput, { description: 'The proof.' })
  proof!: OwnerProofInput;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of what asks a browser for a passkey.' })
export class PasskeyRequestPayload {
  @Field(() => String, {
    nullable: true,
    description:
      'The options of `navigator.credentials.get` or `create`, as JSON: parse it, and pass it through `PublicKeyCredential.parseRequestOptionsFromJSON` or `parseCreationOptionsFromJSON`. Null when refused.',
  })
  options!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time until which the answer is taken, once; null when refused.',
  })
  expiresAt!: Date | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'The reasons for the refusal; empty if the mutation succeeded.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `addPasskey`.' })
export class AddPasskeyPayload {
  @Field(() => Passkey, { nullable: true, description: 'The passkey; null when refused.' })
  passkey!: Passkey | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'The reasons for the refusal; empty if the mutation succeeded.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `createRecoveryCodes`.' })
export class CreateRecoveryCodesPayload {
  @Bounded(codesPerSet)
  @Field(() => [String], {
    nullable: true,
    description: 'The codes, shown this once; each signs in one time. Null when refused.',
  })
  codes!: readonly string[] | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'The reasons for the refusal; empty if the mutation succeeded.' })
  userErrors!: readonly UserError[];
}
