import { useMutation, useQuery } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { messageOf } from '../graphql/error-message.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { useReader, useViewer } from '../session/reader-context.ts';
import { begin } from '../session/begin.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { say } from '../session/site-notice.tsx';
import { texts } from '../texts.ts';
import { AccountDocument, LinkLogin } from './documents.ts';
import { Notice } from './notice.tsx';
import { type Arrival, type Departure, forgetArrival, takeArrival } from './other-site.ts';
import { accountTexts } from './texts.ts';

const FinishSignIn = graphql(`
  mutation FinishSignIn($input: FinishSignInInput!) {
    finishSignIn(input: $input) {
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

interface Returned {
  readonly code: string;
  readonly departure: Departure;
}

/** Ends a sign-in at another site, from which the browser has come back. */
export default function FinishSignInPage() {
  const [arrival] = useState<Arrival>(takeArrival);
  const isLink = arrival.kind === 'code' && arrival.departure.purpose === 'link';
  const title = isLink ? accountTexts.linkTitle : texts.signInTitle;
  if (isLink) return <SignedIn title={title}>{() => <Linking {...arrival} />}</SignedIn>;
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      {arrival.kind === 'code' ? (
        <SigningIn {...arrival} />
      ) : (
        <Refused
          text={accountTexts.otherSiteFaults[arrival.error] ?? accountTexts.otherSiteFailed}
          next={arrival.next ?? paths.front}
        />
      )}
    </div>
  );
}

function Refused({ text, next }: { readonly text: string; readonly next: string }) {
  const viewer = useViewer();
  return (
    <Notice>
      <p>{text}</p>
      {viewer ? (
        <Link href={paths.account}>{accountTexts.toAccount}</Link>
      ) : (
        <Link href={paths.signIn(next)}>{texts.signIn}</Link>
      )}
    </Notice>
  );
}

/** Fetches the session at once: the tab's secret shows that its reader has asked for it. */
function SigningIn({ code, departure }: Returned) {
  const reader = useReader();
  const [, navigate] = useLocation();
  const [finishSignIn] = useMutation(FinishSignIn);
  const [refusal, setRefusal] = useState<string>();
  const [trouble, setTrouble] = useState<string>();
  const { secret, next } = departure;

  async function finish() {
    setTrouble(undefined);
    try {
      const { data } = await finishSignIn({ variables: { input: { code, secret } } });
      const answer = data?.finishSignIn;
      if (!answer) return;
      forgetArrival();
      if (begin(reader, answer)) navigate(next, { replace: true });
      else setRefusal(answer.userErrors[0]?.message);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
  }

  const hasBegun = useRef(false);
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    void finish();
  });
  if (refusal !== undefined) return <Refused text={refusal} next={next} />;
  return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={() => void finish()} />;
}

/** Links the login to the reader's account, with its password if it has one. */
function Linking({ code, departure }: Returned) {
  const [, navigate] = useLocation();
  const [linkLogin] = useMutation(LinkLogin);
  const { data, error, refetch } = useQuery(AccountDocument);
  const account = data?.viewer;
  const title = accountTexts.linkTitle;
  if (!account) {
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  const password = {
    name: 'currentPassword',
    label: accountTexts.currentPassword,
    type: 'password',
    autoComplete: 'current-password',
  } as const;
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <p>{accountTexts.linkHint(departure.name)}</p>
      <FieldsForm
        action={accountTexts.linkLogin(departure.name)}
        pending={texts.saving}
        username={account.email}
        fields={account.hasPassword ? [password] : []}
        send={async (valueOf) => {
          const { secret } = departure;
          const proof = account.hasPassword ? { currentPassword: valueOf('currentPassword') } : {};
          const answer = await linkLogin({ variables: { input: { code, secret, ...proof } } });
          if (answer.data?.linkLogin.viewer) {
            forgetArrival();
            navigate(paths.account, { replace: true });
            say(accountTexts.loginLinked(departure.name));
          }
          return answer.data?.linkLogin.userErrors ?? [];
        }}
      />
      <p>
        <Link href={paths.account}>{accountTexts.toAccount}</Link>
      </p>
    </div>
  );
}
