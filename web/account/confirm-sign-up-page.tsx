import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { type Fault } from '../layout/use-faults.ts';
import { paths, safeNext } from '../paths.ts';
import { useReader, useViewer } from '../session/reader-context.ts';
import { begin } from '../session/begin.ts';
import { say } from '../session/site-notice.tsx';
import { texts } from '../texts.ts';
import { awaitedSignUps, forgetSignUps } from './awaited.ts';
import { forgetToken, useMailedToken } from './mailed-token.ts';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

const ConfirmSignUp = graphql(`
  mutation ConfirmSignUp($input: ConfirmSignUpInput!) {
    confirmSignUp(input: $input) {
      session {
        accessToken
        refreshToken
        expiresAt
      }
      viewer {
        id
        email
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

/** Opens an account by the link of its sign-up, on a press of the button: programs that check mails follow links. */
export default function ConfirmSignUpPage() {
  const token = useMailedToken();
  const title = accountTexts.confirmSignUpTitle;
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      {token === undefined ? <p>{accountTexts.noLink}</p> : <Confirmation key={token} token={token} />}
    </div>
  );
}

function Confirmation({ token }: { readonly token: string }) {
  const reader = useReader();
  const viewer = useViewer();
  const [, navigate] = useLocation();
  const [confirmSignUp] = useMutation(ConfirmSignUp);
  const [isKnown, setKnown] = useState(() => awaitedSignUps().length > 0);
  const [isInvalid, setInvalid] = useState(false);

  /** @returns why the proof was refused */
  async function confirm(
    proof: { readonly secret: string } | { readonly password: string },
    next: string,
  ): Promise<readonly Fault[]> {
    const { data } = await confirmSignUp({ variables: { input: { token, ...proof } } });
    const answer = data?.confirmSignUp;
    if (answer?.viewer && begin(reader, answer)) {
      forgetToken();
      forgetSignUps(answer.viewer.email);
      navigate(next, { replace: true });
      say(accountTexts.welcome);
    }
    return answer?.userErrors ?? [];
  }

  /** Tries the sign-ups of this browser: the link does not say which of them it belongs to. */
  async function confirmKnown(): Promise<readonly Fault[]> {
    for (const { secret, next } of awaitedSignUps()) {
      const faults = await confirm({ secret }, safeNext(next));
      if (!faults.some(({ code }) => code === 'WRONG_CREDENTIALS')) return faults;
    }
    setKnown(false);
    return [];
  }

  async function settle(answered: Promise<readonly Fault[]>): Promise<readonly Fault[]> {
    const faults = await answered;
    if (!faults.some(({ code }) => code === 'LINK_INVALID')) return faults;
    setInvalid(true);
    return [];
  }

  if (isInvalid) {
    return (
      <Notice>
        <p>{accountTexts.signUpLinkInvalid}</p>
        <Link href={paths.signIn(paths.front)}>{texts.signIn}</Link>
        <Link href={paths.signUp(paths.front)}>{texts.signUp}</Link>
      </Notice>
    );
  }
  const form = { action: accountTexts.confirmSignUp, pending: accountTexts.confirming };
  return (
    <>
      <p>{accountTexts.confirmSignUpHint}</p>
      {viewer && <p>{accountTexts.signUpSwitches(viewer.name)}</p>}
      {isKnown ? (
        <FieldsForm key="secret" {...form} fields={[]} send={() => settle(confirmKnown())} />
      ) : (
        <>
          <p role="status">{accountTexts.confirmSignUpPassword}</p>
          <FieldsForm
            key="password"
            {...form}
            fields={[
              {
                name: 'password',
                label: accountTexts.signUpPassword,
                type: 'password',
                autoComplete: 'current-password',
              },
            ]}
            send={(valueOf) => settle(confirm({ password: valueOf('password') }, paths.front))}
          />
        </>
      )}
    </>
  );
}
