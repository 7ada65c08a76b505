import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { SecondStep } from './second-step.tsx';
import { begin } from '../session/begin.ts';
import { say } from '../session/site-notice.tsx';
import { texts } from '../texts.ts';
import { takeNext } from './awaited.ts';
import { forgetToken, useMailedToken } from './mailed-token.ts';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

const ResetPassword = graphql(`
  mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
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

/** Gives an account a new password by a mailed link. */
export default function ResetPasswordPage() {
  const token = useMailedToken();
  const title = accountTexts.resetTitle;
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      {token === undefined ? <p>{accountTexts.noLink}</p> : <Reset key={token} token={token} />}
    </div>
  );
}

function Reset({ token }: { readonly token: string }) {
  const reader = useReader();
  const [, navigate] = useLocation();
  const [resetPassword] = useMutation(ResetPassword);
  const [isInvalid, setInvalid] = useState(false);
  const [step, setStep] = useState<string>();
  function goOn() {
    forgetToken();
    navigate(takeNext() ?? paths.front, { replace: true });
    say(accountTexts.passwordReset);
  }
  if (step !== undefined) return <SecondStep token={step} onSignedIn={goOn} />;
  if (isInvalid) {
    return (
      <Notice>
        <p>{accountTexts.resetLinkInvalid}</p>
        <Link href={paths.forgotPassword(paths.front)}>{accountTexts.resetAgain}</Link>
      </Notice>
    );
  }
  return (
    <>
      <p>{accountTexts.resetHint}</p>
      <FieldsForm
        action={accountTexts.resetPassword}
        pending={texts.saving}
        fields={[
          {
            name: 'password',
            label: accountTexts.newPassword,
            hint: texts.passwordHint,
            type: 'password',
            autoComplete: 'new-password',
          },
        ]}
        send={async (valueOf) => {
          const { data } = await resetPassword({
            variables: { input: { token, password: valueOf('password') } },
          });
          const answer = data?.resetPassword;
          if (answer && begin(reader, answer)) goOn();
          else if (answer?.secondStep) setStep(answer.secondStep.token);
          const faults = answer?.userErrors ?? [];
          if (!faults.some(({ code }) => code === 'LINK_INVALID')) return faults;
          setInvalid(true);
          return [];
        }}
      />
    </>
  );
}
