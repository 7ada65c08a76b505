import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RoleEnum } from '../account/account.type.ts';
import type { Scope } from '../../../platform/auth/scopes.ts';
import { TokenScopeEnum } from '../../../platform/graphql/scope-descriptions.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import { DateTimeScalar, UuidScalar } from '../../../platform/graphql/scalars.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { ServiceAccount, Token } from './token.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxNameLength } from '../account/account.rules.ts';
import { maxDocumentIdLength } from './token.policy.ts';

@InputType({ description: 'A new machine token.' })
export class CreateTokenInput {
  @MaxLength(maxNameLength)
  @Field(() => String, { description: 'A name by which to recognise the token.' })
  name!: string;

  @Field(() => [TokenScopeEnum.type], {
    nullable: true,
    description: 'What the token shall permit; absent for a token that is bound to documents.',
  })
  scopes?: Scope[] | null;

  @MaxLength(maxDocumentIdLength)
  @Field(() => [String], {
    nullable: true,
    description:
      'Binds the token to documents, 50 at most: the SHA-256, in hexadecimal digits, of the exact text of each. Then only these run, and they need no scopes.',
  })
  documents?: string[] | null;

  @Field(() => DateTimeScalar, {
    description: 'The time from which on the token is refused: in 366 days at the latest.',
  })
  expiresAt!: Date;

  @Field(() => ID, {
    nullable: true,
    description: 'The service account that the token belongs to, for administrators; absent: the viewer.',
  })
  serviceAccountId?: string | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this token and sent with every retry, so that retries make no second token. A retry does not show the token again.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A token to revoke.' })
export class RevokeTokenInput {
  @Field(() => ID, { description: 'The token.' })
  tokenId!: string;
}

@InputType({ description: 'A new service account.' })
export class CreateServiceAccountInput {
  @MaxLength(maxNameLength)
  @Field(() => String, {
    description: 'The name shown beside its comments and endorsements.',
  })
  name!: string;

  @Field(() => [RoleEnum], {
    nullable: true,
    description: 'The roles of the account, beside READER.',
  })
  roles?: Role[] | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this account and sent with every retry, so that retries make no second account.',
  })
  idempotencyKey?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `createToken`.' })
export class CreateTokenPayload extends Payload {
  @Field(() => Token, { nullable: true, description: 'The token; null when refused.' })
  token!: Token | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The credential itself, to be sent as `Authorization: Bearer …`. It is shown only now; null when refused, and when an idempotency key is repeated.',
  })
  secret!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `revokeToken`.' })
export class RevokeTokenPayload extends Payload {
  @Field(() => Token, { nullable: true, description: 'The token; null when refused.' })
  token!: Token | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `createServiceAccount`.' })
export class CreateServiceAccountPayload extends Payload {
  @Field(() => ServiceAccount, { nullable: true, description: 'The account; null when refused.' })
  serviceAccount!: ServiceAccount | null;
}
