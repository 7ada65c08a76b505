import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { messageOf } from '../graphql/error-message.ts';
import { Field } from '../layout/field.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { type Fault, useFaults } from '../layout/use-faults.ts';
import { paths, safeNext } from '../paths.ts';
import { texts } from '../texts.ts';
import { useReader, useViewer } from './reader-context.ts';

/** One field of the form; `name` is the field of the mutation's `input`. */
export interface SessionField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type: 'email' | 'password' | 'text';
  readonly autoComplete: string;
}

/** The payload of `signIn` and `signUp`. */
interface Answer {
  readonly session: {
    readonly accessToken: string;
    readonly refreshToken: string;
    readonly expiresAt: string;
  } | null;
  readonly viewer: { readonly id: string } | null;
  readonly userErrors: readonly Fault[];
}

interface Props {
  readonly title: string;
  readonly action: string;
  readonly pending: string;
  readonly fields: readonly SessionField[];
  readonly send: (valueOf: (name: string) => string) => Promise<Answer | undefined>;
  /** The link to the other form, which leads to the same next page. */
  readonly other: (next: string) => ReactNode;
}

/** Page with a form that starts a session and then goes to the page that the reader came from. */
export function SessionForm({ title, action, pending, fields, send, other }: Props) {
  const reader = useReader();
  const viewer = useViewer();
  const [, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(
    form,
    fields.map(({ name }) => name),
  );
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const next = safeNext(parameters.get('next'));

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isBusy) return;
    const values = new FormData(event.currentTarget);
    setBusy(true);
    setTrouble(undefined);
    faults.set([]);
    try {
      const answer = await send((name) => {
        const value = values.get(name);
        return typeof value === 'string' ? value : '';
      });
      if (answer?.session && answer.viewer) {
        const { accessToken, refreshToken, expiresAt } = answer.session;
        reader.set({ accessToken, refreshToken, expiresAt, viewerId: answer.viewer.id });
        navigate(next, { replace: true });
        return;
      }
      faults.set(answer?.userErrors ?? []);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.notSentYet);
    }
    setBusy(false);
  }

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
  const messages = trouble === undefined ? faults.general : [trouble, ...faults.general];
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      {/* No validation by the browser: the service's messages describe the errors. */}
      <form className="form" ref={form} noValidate onSubmit={(event) => void submit(event)}>
        {fields.map(({ name, label, hint, type, autoComplete }) => (
          <Field key={name} label={label} hint={hint} error={faults.at(name)}>
            {(control) => (
              <input
                {...control}
                name={name}
                type={type}
                autoComplete={autoComplete}
                required
                onInput={() => faults.forget([name])}
                spellCheck={false}
              />
            )}
          </Field>
        ))}
        {/* Rendered from the start, so that added messages are announced. */}
        <div role="alert">
          {messages.map((message) => (
            <p key={message} className="field-error">
              {message}
            </p>
          ))}
        </div>
        <div className="form-foot">
          <button type="submit" className="button-primary" aria-disabled={isBusy}>
            {isBusy ? pending : action}
          </button>
        </div>
      </form>
      <p>{other(next)}</p>
    </div>
  );
}
