import { useMutation, useQuery } from '@apollo/client/react';
import { Link, useLocation } from 'wouter';
import { IssuerButtons, SignInOptions } from './issuer-buttons.tsx';
import { graphql } from '../graphql/generated/gql.ts';
import { type FormField } from '../layout/fields-form.tsx';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { PasskeySignIn } from './passkey-sign-in.tsx';
import { SecondStep } from './second-step.tsx';
import { accountTexts } from './texts.ts';
import { SessionForm, useNext } from '../session/session-form.tsx';

const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      session {
        accessToken
        refreshToken
        expiresAt
      }
      viewer {
        id
      }
      secondStep {
        token
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const fields: readonly FormField[] = [
  { name: 'email', label: texts.email, type: 'email', autoComplete: 'username webauthn' },
  { name: 'password', label: texts.password, type: 'password', autoComplete: 'current-password' },
];

export default function SignInPage() {
  const [signIn] = useMutation(SignIn);
  const { data: options } = useQuery(SignInOptions);
  const next = useNext();
  const [, navigate] = useLocation();
  return (
    <SessionForm
      title={texts.signInTitle}
      action={texts.signIn}
      pending={texts.signingIn}
      fields={fields}
      send={async (valueOf) => {
        const input = { email: valueOf('email'), password: valueOf('password') };
        const { data } = await signIn({ variables: { input } });
        return data?.signIn;
      }}
      secondStep={(token, onSignedIn) => <SecondStep token={token} onSignedIn={onSignedIn} />}
    >
      <PasskeySignIn fillsIn onSignedIn={() => navigate(next, { replace: true })} />
      <p>
        <Link href={paths.forgotPassword(next)}>{texts.forgotPassword}</Link>
      </p>
      {options?.signInOptions.mailsLinks && (
        <p>
          <Link href={paths.signInByMail(next)}>{accountTexts.signInByMail}</Link>
        </p>
      )}
      <p>
        {texts.noAccountYet} <Link href={paths.signUp(next)}>{texts.signUp}</Link>
      </p>
      <IssuerButtons purpose="sign-in" next={next} />
    </SessionForm>
  );
}
