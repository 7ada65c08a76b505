import { type ReactNode, useState } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { FieldsForm, type FormField } from '../layout/fields-form.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths, safeNext } from '../paths.ts';
import { texts } from '../texts.ts';
import { begin, type SessionAnswer } from './begin.ts';
import { useReader, useViewer } from './reader-context.ts';

/** The page to which signing in leads. */
export function useNext(): string {
  const [parameters] = useSearchParams();
  return safeNext(parameters.get('next'));
}

interface Props {
  readonly title: string;
  readonly action: string;
  readonly pending: string;
  readonly fields: readonly FormField[];
  readonly send: (valueOf: (name: string) => string) => Promise<SessionAnswer | undefined>;
  /** Shows what has to follow the password, by the token of the step. */
  readonly secondStep?: (token: string, onSignedIn: () => void) => ReactNode;
  /** Links to the other forms, which lead to the same next page. */
  readonly children: ReactNode;
}

/** Page with a form that starts a session and then goes to the page that the reader came from. */
export function SessionForm({ title, send, secondStep, children, ...form }: Props) {
  const reader = useReader();
  const viewer = useViewer();
  const next = useNext();
  const [, navigate] = useLocation();
  const [step, setStep] = useState<string>();
  const goOn = () => navigate(next, { replace: true });
  if (viewer) {
    return (
      <div className="page narrow-page">
        <PageHead title={title} />
        <h1 tabIndex={-1}>{title}</h1>
        <p>{texts.signedInAs(viewer.name)}</p>
        <p>
          <Link href={paths.front}>{texts.toFront}</Link>
        </p>
      </div>
    );
  }
  if (step !== undefined) {
    return (
      <div className="page narrow-page">
        <PageHead title={title} />
        <h1 tabIndex={-1}>{title}</h1>
        {secondStep?.(step, goOn)}
      </div>
    );
  }
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <FieldsForm
        {...form}
        send={async (valueOf) => {
          const answer = await send(valueOf);
          if (answer && begin(reader, answer)) goOn();
          else if (answer?.secondStep) setStep(answer.secondStep.token);
          return answer?.userErrors ?? [];
        }}
      />
      {children}
    </div>
  );
}
