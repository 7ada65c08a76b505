import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Bounded } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { codesPerSet, maxNameLength } from './passkey.policy.ts';
import { Passkey } from './passkey.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxResponseLength } from './webauthn.ts';
import { maxSecondStepLength } from '../sessions/second-step.ts';
import { maxGivenLength } from './recovery-code.service.ts';

@InputType({ description: 'The answer of a passkey to `beginPasskeyProof`.' })
export class ProveByPasskeyInput {
  @MaxLength(maxResponseLength)
  @Field(() => String, {
    description: 'The `PublicKeyCredential` of `navigator.credentials.get`, as JSON: its `toJSON()`.',
  })
  response!: string;
}

@InputType({ description: 'The answer of a passkey to `beginPasskeySignIn`.' })
export class FinishPasskeySignInInput {
  @MaxLength(maxResponseLength)
  @Field(() => String, {
    description: 'The `PublicKeyCredential` of `navigator.credentials.get`, as JSON: its `toJSON()`.',
  })
  response!: string;
}

@InputType({ description: 'A recovery code in place of a passkey, after the password.' })
export class SignInWithRecoveryCodeInput {
  @MaxLength(maxSecondStepLength)
  @Field(() => String, { description: '`SecondStep.token`.' })
  token!: string;

  @MaxLength(maxGivenLength)
  @Field(() => String, { description: 'The code; case, spaces and hyphens do not matter.' })
  recoveryCode!: string;
}

@InputType({ description: 'A new passkey.' })
export class AddPasskeyInput {
  @MaxLength(maxResponseLength)
  @Field(() => String, {
    description: 'The `PublicKeyCredential` of `navigator.credentials.create`, as JSON: its `toJSON()`.',
  })
  response!: string;

  @MaxLength(maxNameLength)
  @Field(() => String, { description: 'A name by which its holder knows it.' })
  name!: string;
}

@InputType({ description: 'Another name for a passkey.' })
export class RenamePasskeyInput {
  @Field(() => ID, { description: '`Passkey.id`.' })
  passkeyId!: string;

  @MaxLength(maxNameLength)
  @Field(() => String, { description: 'The new name.' })
  name!: string;
}

@InputType({ description: 'A passkey to remove.' })
export class RemovePasskeyInput {
  @Field(() => ID, { description: '`Passkey.id`.' })
  passkeyId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of what asks a browser for a passkey.' })
export class PasskeyRequestPayload extends Payload {
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
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `addPasskey`.' })
export class AddPasskeyPayload extends Payload {
  @Field(() => Passkey, { nullable: true, description: 'The passkey; null when refused.' })
  passkey!: Passkey | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `createRecoveryCodes`.' })
export class CreateRecoveryCodesPayload extends Payload {
  @Bounded(codesPerSet)
  @Field(() => [String], {
    nullable: true,
    description: 'The codes, shown this once; each signs in one time. Null when refused.',
  })
  codes!: readonly string[] | null;
}
