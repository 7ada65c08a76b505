import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Loading } from '../layout/messages.tsx';
import { paths } from '../paths.ts';
import { useReader, useViewer, type Viewer } from '../session/reader-context.ts';
import { say } from '../session/site-notice.tsx';
import { texts } from '../texts.ts';
import { takeNext } from './awaited.ts';
import { inPlainWords } from './faults.ts';
import { forgetToken, useMailedToken } from './mailed-token.ts';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

const ConfirmEmail = graphql(`
  mutation ConfirmEmail($input: ConfirmEmailInput!) {
    confirmEmail(input: $input) {
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

/** Confirms an address by a mailed link, for the account that has asked for it. */
export default function ConfirmEmailPage() {
  const token = useMailedToken();
  const viewer = useViewer();
  const title = accountTexts.confirmEmailTitle;
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      {token === undefined ? (
        <>
          <p>{accountTexts.noLink}</p>
          <Link href={paths.account}>{accountTexts.toAccount}</Link>
        </>
      ) : viewer === undefined ? (
        <Loading />
      ) : viewer === null ? (
        <>
          <p>{accountTexts.confirmEmailSignIn}</p>
          <Link className="button button-primary" href={paths.signIn(location.pathname)}>
            {texts.signIn}
          </Link>
        </>
      ) : (
        <Confirmation key={token} token={token} viewer={viewer} />
      )}
    </div>
  );
}

function Confirmation({ token, viewer }: { readonly token: string; readonly viewer: Viewer }) {
  const reader = useReader();
  const [, navigate] = useLocation();
  const [confirmEmail] = useMutation(ConfirmEmail);
  const [isInvalid, setInvalid] = useState(false);
  if (isInvalid) {
    return (
      <Notice>
        <p>{accountTexts.emailLinkInvalid}</p>
        <Link href={paths.account}>{accountTexts.toAccount}</Link>
      </Notice>
    );
  }
  return (
    <>
      <p>{accountTexts.confirmEmailFor(viewer.name)}</p>
      <FieldsForm
        action={accountTexts.confirmEmail}
        pending={accountTexts.confirming}
        fields={[]}
        send={async () => {
          const { data } = await confirmEmail({ variables: { input: { token } } });
          const { userErrors = [], viewer: confirmed = null } = data?.confirmEmail ?? {};
          if (confirmed) {
            forgetToken();
            // The account may write now.
            reader.renew();
            navigate(takeNext() ?? paths.account, { replace: true });
            say(accountTexts.emailConfirmed);
          }
          if (!userErrors.some(({ code }) => code === 'LINK_INVALID')) return inPlainWords(userErrors);
          setInvalid(true);
          return [];
        }}
      />
    </>
  );
}
