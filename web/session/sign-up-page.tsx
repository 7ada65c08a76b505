import { useMutation } from '@apollo/client/react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { SessionForm, type SessionField } from './session-form.tsx';

const SignUp = graphql(`
  mutation SignUp($input: SignUpInput!) {
    signUp(input: $input) {
      session {
        accessToken
        refreshToken
        expiresAt
      }
      viewer {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const fields: readonly SessionField[] = [
  { name: 'name', label: texts.newName, hint: texts.newNameHint, type: 'text', autoComplete: 'name' },
  { name: 'email', label: texts.email, hint: texts.emailHint, type: 'email', autoComplete: 'email' },
  {
    name: 'password',
    label: texts.password,
    hint: texts.passwordHint,
    type: 'password',
    autoComplete: 'new-password',
  },
];

export default function SignUpPage() {
  const [signUp] = useMutation(SignUp);
  return (
    <SessionForm
      title={texts.signUpTitle}
      action={texts.signUp}
      pending={texts.signingUp}
      fields={fields}
      send={async (valueOf) => {
        const input = {
          name: valueOf('name'),
          email: valueOf('email'),
          password: valueOf('password'),
        };
        const { data } = await signUp({ variables: { input } });
        return data?.signUp;
      }}
      other={(next) => (
        <>
          {texts.accountAlready} <Link href={paths.signIn(next)}>{texts.signIn}</Link>
        </>
      )}
    />
  );
}
