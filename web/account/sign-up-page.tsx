import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type FormField } from '../layout/fields-form.tsx';
import { paths } from '../paths.ts';
import { SessionForm, useNext } from '../session/session-form.tsx';
import { texts } from '../texts.ts';
import { keepSignUp } from './awaited.ts';
import { IssuerButtons } from './issuer-buttons.tsx';
import { MailSent } from './mail-sent.tsx';
import { accountTexts } from './texts.ts';

const SignUp = graphql(`
  mutation SignUp($input: SignUpInput!) {
    signUp(input: $input) {
      confirmation {
        email
        secret
        expiresAt
      }
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

interface Typed {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

const fieldsOf = (typed: Typed | undefined): readonly FormField[] => [
  {
    name: 'name',
    label: texts.newName,
    hint: texts.newNameHint,
    type: 'text',
    autoComplete: 'name',
    initial: typed?.name,
  },
  {
    name: 'email',
    label: texts.email,
    hint: texts.emailHint,
    type: 'email',
    autoComplete: 'username',
    initial: typed?.email,
  },
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
  const next = useNext();
  const [typed, setTyped] = useState<Typed>();
  const [mailedTo, setMailedTo] = useState<string>();

  async function send(input: Typed) {
    const { data } = await signUp({ variables: { input } });
    const confirmation = data?.signUp.confirmation;
    if (confirmation) {
      const { email, secret, expiresAt } = confirmation;
      keepSignUp({ email, secret, expiresAt, next });
      setTyped(input);
      setMailedTo(email);
    }
    return data?.signUp;
  }

  if (mailedTo !== undefined && typed) {
    return (
      <MailSent
        title={texts.signUpTitle}
        text={accountTexts.signUpMailed(mailedTo)}
        hint={accountTexts.signUpMailedHint}
        send={async () => (await send(typed))?.userErrors ?? []}
        onAgain={() => setMailedTo(undefined)}
      />
    );
  }
  return (
    <SessionForm
      title={texts.signUpTitle}
      action={texts.signUp}
      pending={texts.signingUp}
      fields={fieldsOf(typed)}
      send={(valueOf) =>
        send({ name: valueOf('name'), email: valueOf('email'), password: valueOf('password') })
      }
    >
      <p className="hint">{accountTexts.signUpListsComments}</p>
      <p>
        {texts.accountAlready} <Link href={paths.signIn(next)}>{texts.signIn}</Link>
      </p>
      <IssuerButtons purpose="sign-in" next={next} />
    </SessionForm>
  );
}
