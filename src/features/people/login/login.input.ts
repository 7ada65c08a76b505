import { Field, ID, InputType } from 'type-graphql';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxMailedTokenLength } from '../mailed-links/mailed-token.ts';
import { maxHostTokenLength } from './host-token.ts';

@InputType({ description: 'A sign-in at another site, from which the browser has come back.' })
export class FinishSignInInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, {
    description:
      'What follows `#code=` in the address to which the browser was sent back. Valid for five minutes, once.',
  })
  code!: string;

  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The secret whose SHA-256 was the `challenge`.' })
  secret!: string;
}

@InputType({ description: 'A sign-in at another site with the viewer’s login there.' })
export class ProveBySignInInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'As in `FinishSignInInput`.' })
  code!: string;

  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The secret whose SHA-256 was the `challenge`.' })
  secret!: string;
}

@InputType({ description: 'A sign-in at another site, whose login is linked to the viewer’s account.' })
export class LinkLoginInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'As in `FinishSignInInput`.' })
  code!: string;

  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The secret whose SHA-256 was the `challenge`.' })
  secret!: string;
}

@InputType({ description: 'A login to end.' })
export class UnlinkLoginInput {
  @Field(() => ID, { description: '`LinkedLogin.id`.' })
  loginId!: string;
}

@InputType({ description: 'A token by which another site vouches for its user.' })
export class SignInWithTokenInput {
  @MaxLength(maxHostTokenLength)
  @Field(() => String, {
    description:
      'A JWT with `iss`, `sub`, `aud`, `iat`, `exp` (minutes later) and `jti` (once); for a first sign-in `email` and `email_verified: true` as well.',
  })
  token!: string;
}
