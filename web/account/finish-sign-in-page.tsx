import { useMutation } from '@apollo/client/react';
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
import { noteSignIn } from '../session/issuer-mark.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { say } from '../session/site-notice.tsx';
import { texts } from '../texts.ts';
import { LinkLogin } from './documents.ts';
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

const ProveBySignIn = graphql(`
  mutation ProveBySignIn($input: ProveBySignInInput!) {
    proveBySignIn(input: $input) {
      provenUntil
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
  const purpose = arrival.kind === 'code' ? arrival.departure.purpose : undefined;
  if (arrival.kind === 'code' && purpose === 'prove')
    return <SignedIn title={accountTexts.proofTitle}>{() => <Proving {...arrival} />}</SignedIn>;
  const isLink = purpose === 'link';
  const title = isLink ? accountTexts.linkTitle : texts.signInTitle;
  if (arrival.kind === 'code' && isLink)
    return <SignedIn title={title}>{() => <Linking {...arrival} />}</SignedIn>;
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

/** Says why a sign-in has come to nothing: to a reader who is signed out, on the page that has all other ways. */
function Refused({ text, next }: { readonly text: string; readonly next: string }) {
  const viewer = useViewer();
  const [, navigate] = useLocation();
  const isSignedOut = viewer === null;
  useEffect(() => {
    if (!isSignedOut) return;
    navigate(paths.signIn(next), { replace: true });
    say(text);
  }, [isSignedOut, navigate, next, text]);
  if (!viewer) return <Loading />;
  return (
    <Notice>
      <p>{text}</p>
      <Link href={paths.account}>{accountTexts.toAccount}</Link>
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
      if (begin(reader, answer)) {
        noteSignIn({ id: departure.issuerId, name: departure.name });
        navigate(next, { replace: true });
      } else setRefusal(answer.userErrors[0]?.message);
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

/** Proves who the reader is, and leads back to what they were doing. */
function Proving({ code, departure }: Returned) {
  const { apollo } = useReader();
  const [, navigate] = useLocation();
  const [refusal, setRefusal] = useState<string>();
  const [trouble, setTrouble] = useState<string>();

  async function prove() {
    setTrouble(undefined);
    try {
      const input = { code, secret: departure.secret };
      const { data } = await apollo.mutate({ mutation: ProveBySignIn, variables: { input } });
      forgetArrival();
      if (data?.proveBySignIn.provenUntil == null) {
        setRefusal(data?.proveBySignIn.userErrors[0]?.message);
        return;
      }
      navigate(departure.next, { replace: true });
      say(accountTexts.proven);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
  }

  const hasBegun = useRef(false);
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    void prove();
  });
  if (refusal !== undefined) return <Refused text={refusal} next={departure.next} />;
  return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={() => void prove()} />;
}

/** Links the login to the reader's account. */
function Linking({ code, departure }: Returned) {
  const [, navigate] = useLocation();
  const [linkLogin] = useMutation(LinkLogin);
  const title = accountTexts.linkTitle;
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <p>{accountTexts.linkHint(departure.name)}</p>
      <FieldsForm
        action={accountTexts.linkLogin(departure.name)}
        pending={texts.saving}
        fields={[]}
        send={async () => {
          const { secret } = departure;
          const answer = await linkLogin({ variables: { input: { code, secret } } });
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
