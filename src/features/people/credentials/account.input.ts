import { Field, InputType, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxEmailLength, maxNameLength } from '../account/account.rules.ts';
import { maxPasswordLength } from '../../../platform/auth/password.ts';
import { maxRefreshTokenLength } from '../sessions/refresh-token.ts';
import { maxMailedTokenLength } from '../mailed-links/mailed-token.ts';

@InputType({ description: 'A new account.' })
export class SignUpInput {
  @MaxLength(maxEmailLength)
  @Field(() => String, { description: 'The e-mail address to sign in with; nobody else can see it.' })
  email!: string;

  @MaxLength(maxPasswordLength)
  @Field(() => String, {
    description: 'The password: at least 8 characters, and none of those that are tried first.',
  })
  password!: string;

  @MaxLength(maxNameLength)
  @Field(() => String, {
    description: 'The name shown beside comments and endorsements.',
  })
  name!: string;
}

@InputType({ description: 'The credentials of an account.' })
export class SignInInput {
  @MaxLength(maxEmailLength)
  @Field(() => String, { description: 'The account’s e-mail address.' })
  email!: string;

  @MaxLength(maxPasswordLength)
  @Field(() => String, { description: 'The account’s password.' })
  password!: string;
}

@InputType({ description: 'A refresh token to exchange.' })
export class RefreshSessionInput {
  @MaxLength(maxRefreshTokenLength)
  @Field(() => String, { description: 'The refresh token of the latest `session`.' })
  refreshToken!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The tokens of a client that is signed in.' })
export class Session {
  @Field(() => String, {
    description:
      'The token of requests: send it as `Authorization: Bearer …`, on a WebSocket as `connectionParams.authorization`.',
  })
  accessToken!: string;

  @Field(() => String, {
    description:
      'The token that `refreshSession` exchanges for the next pair of tokens. Keep only the latest one.',
  })
  refreshToken!: string;

  @Field(() => DateTimeScalar, { description: 'The time at which the access token expires.' })
  expiresAt!: Date;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What opens an account that was signed up for: a link in a mail.',
})
export class SignUpConfirmation {
  @Field(() => String, { description: 'The address to which the link was mailed.' })
  email!: string;

  @Field(() => String, {
    description:
      'Keep it until the link is followed: `confirmSignUp` takes it beside the token of the link, instead of the password.',
  })
  secret!: string;

  @Field(() => DateTimeScalar, { description: 'The time until which the link is valid.' })
  expiresAt!: Date;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What follows the password of an account of staff that has a passkey: sign in with the passkey (`beginPasskeySignIn`), or with a recovery code (`signInWithRecoveryCode`).',
})
export class SecondStep {
  @Field(() => String, {
    description: 'Says that the password was proven: `signInWithRecoveryCode` takes it.',
  })
  token!: string;

  @Field(() => DateTimeScalar, { description: 'The time until which the token is valid.' })
  expiresAt!: Date;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The payload of what begins or renews a session.',
})
export class SessionPayload extends Payload {
  @Field(() => Session, {
    nullable: true,
    description: 'The session; null when refused, and while `secondStep` or `confirmation` has to follow.',
  })
  session!: Session | null;

  @Field(() => ViewerAccount, {
    nullable: true,
    description:
      'The account of the session; null without one. Fields of articles and comments below it that depend on the viewer answer for the viewer of this request: ask for them with the new access token.',
  })
  viewer!: ViewerAccount | null;

  @Field(() => SignUpConfirmation, {
    nullable: true,
    description:
      'Of `signUp`, where the service sends mail: what opens the account. The answer is the same if the address has an account already; its owner gets another mail. Null when refused, for all other mutations, and where the service sends no mail: then the account is open, and `session` its first session.',
  })
  confirmation?: SignUpConfirmation | null;

  @Field(() => SecondStep, {
    nullable: true,
    description:
      'Of `signIn` and `resetPassword`, where the service demands a second factor of staff and the account has a passkey: what has to follow. Null when refused, and for everybody else.',
  })
  secondStep?: SecondStep | null;
}

@InputType({
  description: 'The link in the mail of a sign-up, and a proof that whoever signed up follows it.',
})
export class ConfirmSignUpInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The token of the link: what follows its `#`.' })
  token!: string;

  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { nullable: true, description: '`SignUpConfirmation.secret`, if the client has it.' })
  secret?: string | null;

  @MaxLength(maxPasswordLength)
  @Field(() => String, { nullable: true, description: 'Otherwise the password of the sign-up.' })
  password?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `signOut`.' })
export class SignOutPayload extends Payload {
  @Field(() => DateTimeScalar, { nullable: true, description: 'The time at which the session ended.' })
  endedAt!: Date | null;
}
