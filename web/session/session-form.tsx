import { type ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { FieldsForm, type FormField } from '../layout/fields-form.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { type Fault } from '../layout/use-faults.ts';
import { paths, safeNext } from '../paths.ts';
import { texts } from '../texts.ts';
import { useReader, useViewer } from './reader-context.ts';
import { type Reader } from './session.ts';

/** The payload of what begins a session. */
export interface SessionAnswer {
  readonly session: {
    readonly accessToken: string;
    readonly refreshToken: string;
    readonly expiresAt: string;
  } | null;
  readonly viewer: { readonly id: string } | null;
  readonly userErrors: readonly Fault[];
}

/** Signs the reader in, if the service has. @returns whether it has */
export function begin(reader: Reader, { session, viewer }: SessionAnswer): boolean {
  if (!session || !viewer) return false;
  const { accessToken, refreshToken, expiresAt } = session;
  reader.set({ accessToken, refreshToken, expiresAt, viewerId: viewer.id });
  return true;
}

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
  /** Links to the other forms, which lead to the same next page. */
  readonly children: ReactNode;
}

/** Page with a form that starts a session and then goes to the page that the reader came from. */
export function SessionForm({ title, send, children, ...form }: Props) {
  const reader = useReader();
  const viewer = useViewer();
  const next = useNext();
  const [, navigate] = useLocation();
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
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <FieldsForm
        {...form}
        send={async (valueOf) => {
          const answer = await send(valueOf);
          if (answer && begin(reader, answer)) navigate(next, { replace: true });
          return answer?.userErrors ?? [];
        }}
      />
      {children}
    </div>
  );
}
