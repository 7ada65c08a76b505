import { Field, ID, ObjectType } from 'type-graphql';
import { Bounded } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'Another site whose login opens an account here, by OpenID Connect.',
})
export class SignInIssuer {
  @Field(() => ID, { description: 'Names the issuer in the settings; no global id.' })
  id!: string;

  @Field(() => String, { description: 'The name to show, such as on a button.' })
  name!: string;

  @Field(() => String, {
    description:
      'The path at which the sign-in begins. Send the browser there with `?challenge=` and the SHA-256 of a random secret, in base64url; `finishSignIn` takes the secret.',
  })
  path!: string;
}

/** Most issuers of each kind, by the settings. */
const maxIssuers = 20;

@ObjectType({ simpleResolvers: true, description: 'The ways to sign in beside a password.' })
export class SignInOptions {
  @Bounded(maxIssuers)
  @Field(() => [SignInIssuer], { description: 'Sites whose logins open an account, in the settings’ order.' })
  issuers!: readonly SignInIssuer[];

  @Field(() => Boolean, {
    description: 'Whether readers without a password may sign in by a mailed link: `requestSignInLink`.',
  })
  mailsLinks!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A login of another site that signs in to the account that makes this request.',
})
export class LinkedLogin {
  @Field(() => ID, { description: 'Names the login for `unlinkLogin`; no global id.' })
  id!: string;

  @Field(() => String, {
    description:
      'The name of the other site; its address, where the service’s settings do not have it any more.',
  })
  name!: string;

  @Field(() => Boolean, {
    description: 'Whether it signs in: the service’s settings still have the other site.',
  })
  isUsable!: boolean;

  @Field(() => DateTimeScalar, { description: 'The time at which it was linked.' })
  linkedAt!: Date;

  @Field(() => DateTimeScalar, { description: 'The time of its last sign-in.' })
  usedAt!: Date;
}
