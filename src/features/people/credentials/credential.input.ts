import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxEmailLength, maxNameLength } from '../account/account.rules.ts';
import { maxMailedTokenLength } from '../mailed-links/mailed-token.ts';
import { maxPasswordLength } from '../../../platform/auth/password.ts';

@InputType({ description: 'The address of an account whose password is forgotten.' })
export class RequestPasswordResetInput {
  @MaxLength(maxEmailLength)
  @Field(() => String, { description: 'The account’s e-mail address.' })
  email!: string;
}

@InputType({ description: 'The address of an account that has no password.' })
export class RequestSignInLinkInput {
  @MaxLength(maxEmailLength)
  @Field(() => String, { description: 'The account’s e-mail address.' })
  email!: string;
}

@InputType({ description: 'A link that signs in.' })
export class SignInWithLinkInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The token of the link: what follows its `#`.' })
  token!: string;
}

@InputType({ description: 'A new password by a mailed link.' })
export class ResetPasswordInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The token of the link: what follows its `#`.' })
  token!: string;

  @MaxLength(maxPasswordLength)
  @Field(() => String, {
    description: 'The new password: at least 8 characters, and none of those that are tried first.',
  })
  password!: string;
}

@InputType({ description: 'A new password in place of the present one.' })
export class ChangePasswordInput {
  @MaxLength(maxPasswordLength)
  @Field(() => String, {
    description: 'The new password: at least 8 characters, and none of those that are tried first.',
  })
  newPassword!: string;
}

@InputType({ description: 'Another e-mail address for the account.' })
export class ChangeEmailInput {
  @MaxLength(maxEmailLength)
  @Field(() => String, { description: 'The new address.' })
  email!: string;
}

@InputType({ description: 'A link that confirms an e-mail address.' })
export class ConfirmEmailInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The token of the link: what follows its `#`.' })
  token!: string;
}

@InputType({ description: 'Another name for the account.' })
export class ChangeNameInput {
  @MaxLength(maxNameLength)
  @Field(() => String, {
    description: 'The name shown beside comments, old ones too, and beside later endorsements.',
  })
  name!: string;
}

@InputType({ description: 'A session to end.' })
export class EndSessionInput {
  @Field(() => ID, { description: '`ViewerSession.id`.' })
  sessionId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of what has a link mailed.' })
export class MailedLinkPayload extends Payload {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The time until which the link is valid; null when refused. Whether anybody has the address is not told: the mail tells its owner.',
  })
  expiresAt!: Date | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of what changes the viewer’s account.' })
export class ViewerPayload extends Payload {
  @Field(() => ViewerAccount, { nullable: true, description: 'The account; null when refused.' })
  viewer!: ViewerAccount | null;
}
