import { Field, InputType, ObjectType } from 'type-graphql';
import { maxUserErrors } from '../errors/errors.ts';
import { DateTimeScalar } from '../graphql/scalars.ts';
import { Bounded } from '../graphql/price.ts';
import { UserError } from '../graphql/user-error.type.ts';
import { ViewerAccount } from './account.type.ts';

@InputType({ description: 'A new account.' })
export class SignUpInput {
  @Field(() => String, { description: 'An e-mail address; it is shown to nobody.' })
  email!: string;

  @Field(() => String, { description: '8 to 200 characters.' })
  password!: string;

  @Field(() => String, { description: 'The name beside comments and endorsements: 1 to 80 characters.' })
  name!: string;
}

@InputType({ description: 'Who signs in.' })
export class SignInInput {
  @Field(() => String, { description: 'The account’s e-mail address.' })
  email!: string;

  @Field(() => String, { description: 'The account’s password.' })
  password!: string;
}

@InputType({ description: 'A refresh token to exchange.' })
export class RefreshSessionInput {
  @Field(() => String, { description: 'From the last `session`.' })
  refreshToken!: string;
}

@ObjectType({ simpleResolvers: true, description: 'What a client holds while it is signed in.' })
export class Session {
  @Field(() => String, {
    description: 'Send it as `Authorization: Bearer …`, on a WebSocket as `connectionParams.authorization`.',
  })
  accessToken!: string;

  @Field(() => String, {
    description:
      'Exchange it, with `refreshSession`, for the next pair of tokens, and keep the last one alone.',
  })
  refreshToken!: string;

  @Field(() => DateTimeScalar, { description: 'When the access token expires.' })
  expiresAt!: Date;
}

@ObjectType({ simpleResolvers: true, description: 'The answer to `signUp`, `signIn` and `refreshSession`.' })
export class SessionPayload {
  @Field(() => Session, { nullable: true, description: 'Null when refused.' })
  session!: Session | null;

  @Field(() => ViewerAccount, { nullable: true, description: 'Whose session it is; null when refused.' })
  viewer!: ViewerAccount | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'Why it was refused; empty when it was done.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true, description: 'The answer to `signOut`.' })
export class SignOutPayload {
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the session ended.' })
  endedAt!: Date | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'Why it was refused; empty when it was done.' })
  userErrors!: readonly UserError[];
}
