import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { begin } from '../session/begin.ts';
import { useReader, useViewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { takeNext } from './awaited.ts';
import { LinkByMail } from './link-by-mail.tsx';
import { forgetToken, useMailedToken } from './mailed-token.ts';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

const RequestSignInLink = graphql(`
  mutation RequestSignInLink($input: RequestSignInLinkInput!) {
    requestSignInLink(input: $input) {
      expiresAt
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const SignInWithLink = graphql(`
  mutation SignInWithLink($input: SignInWithLinkInput!) {
    signInWithLink(input: $input) {
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

/** Has a link mailed that signs in; opened by that link, signs in. */
export default function SignInByMailPage() {
  const token = useMailedToken();
  const [requestLink] = useMutation(RequestSignInLink);
  const [asksAgain, setAsksAgain] = useState(false);
  const title = accountTexts.signInByMail;
  function askAgain() {
    forgetToken();
    setAsksAgain(true);
  }
  if (token === undefined || asksAgain) {
    return (
      <LinkByMail
        title={title}
        hint={accountTexts.signInByMailHint}
        mailed={accountTexts.signInMailed}
        request={async (email) => {
          const { data } = await requestLink({ variables: { input: { email } } });
          return data?.requestSignInLink;
        }}
      />
    );
  }
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <UseLink key={token} token={token} onAgain={askAgain} />
    </div>
  );
}

interface Props {
  readonly token: string;
  readonly onAgain: () => void;
}

function UseLink({ token, onAgain }: Props) {
  const reader = useReader();
  const viewer = useViewer();
  const [, navigate] = useLocation();
  const [signIn] = useMutation(SignInWithLink);
  const [isInvalid, setInvalid] = useState(false);
  function goOn() {
    forgetToken();
    navigate(takeNext() ?? paths.front, { replace: true });
  }
  if (isInvalid) {
    return (
      <Notice>
        <p>{accountTexts.signInLinkInvalid}</p>
        <button type="button" onClick={onAgain}>
          {accountTexts.resetAgain}
        </button>
      </Notice>
    );
  }
  return (
    <>
      {viewer && (
        <p>
          {texts.signedInAs(viewer.name)} {accountTexts.signInInstead}
        </p>
      )}
      <FieldsForm
        action={accountTexts.signInWithLink}
        pending={texts.signingIn}
        fields={[]}
        send={async () => {
          const { data } = await signIn({ variables: { input: { token } } });
          const answer = data?.signInWithLink;
          if (answer && begin(reader, answer)) goOn();
          const faults = answer?.userErrors ?? [];
          if (!faults.some(({ code }) => code === 'LINK_INVALID')) return faults;
          setInvalid(true);
          return [];
        }}
      />
    </>
  );
}
