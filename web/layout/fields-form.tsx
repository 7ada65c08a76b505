import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';
import { Field } from './field.tsx';
import { focusAtOnce } from './focus.ts';
import { type Fault, type Faults, useFaults } from './use-faults.ts';
import { written } from './written.ts';

/** One field of a form; `name` is the field of the mutation's `input`. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type: 'email' | 'password' | 'text';
  readonly autoComplete: string;
  readonly initial?: string | undefined;
  readonly isOptional?: boolean;
}

interface Props {
  readonly fields: readonly FormField[];
  readonly action: string;
  /** Label of the button while the request is under way. */
  readonly pending: string;
  readonly isDangerous?: boolean;
  /** Whether the first field takes the focus when the form appears, because the reader has opened it. */
  readonly focusesFirst?: boolean;
  /** The account's address where no field has it: password managers store a password with it. */
  readonly username?: string;
  /** @returns why the service refused the values; empty if it did not */
  readonly send: (valueOf: (name: string) => string) => Promise<readonly Fault[]>;
  /** Names of the fields among the children, which show their messages themselves. */
  readonly others?: readonly string[];
  /** Between the fields and the button. */
  readonly children?: ReactNode | ((faults: Pick<Faults, 'at' | 'forget'>) => ReactNode);
}

/** A form of single-line fields, with the service's messages at the fields that they are about. */
export function FieldsForm(props: Props) {
  const { fields, action, pending, isDangerous, focusesFirst, username, send, others = [], children } = props;
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(form, [...fields.map(({ name }) => name), ...others]);
  // A second click comes before the page is rendered anew.
  const isUnderWay = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    const values = new FormData(event.currentTarget);
    setBusy(true);
    setTrouble(undefined);
    faults.set([]);
    try {
      faults.set(
        await send((name) => {
          const value = values.get(name);
          return typeof value === 'string' ? value : '';
        }),
      );
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.notSentYet);
    }
    isUnderWay.current = false;
    setBusy(false);
  }

  const messages = trouble === undefined ? faults.general : [trouble, ...faults.general];
  // No validation by the browser: the service's messages describe the errors.
  return (
    <form className="form" ref={form} noValidate onSubmit={(event) => void submit(event)}>
      {username !== undefined && (
        <input {...written} hidden readOnly autoComplete="username" value={username} />
      )}
      {fields.map(({ name, label, hint, type, autoComplete, initial, isOptional }, index) => (
        <Field key={name} label={label} hint={hint} error={faults.at(name)}>
          {(control) => (
            <input
              {...written}
              {...control}
              name={name}
              type={type}
              autoComplete={autoComplete}
              defaultValue={initial}
              required={isOptional !== true}
              ref={focusesFirst === true && index === 0 ? focusAtOnce : undefined}
              onInput={() => faults.forget([name])}
              spellCheck={false}
            />
          )}
        </Field>
      ))}
      {typeof children === 'function' ? children(faults) : children}
      {/* Rendered from the start, so that added messages are announced. */}
      <div role="alert">
        {messages.map((message) => (
          <p key={message} className="field-error">
            {message}
          </p>
        ))}
      </div>
      <div className="form-foot">
        <button type="submit" className={isDangerous ? 'is-danger' : 'button-primary'} aria-disabled={isBusy}>
          {isBusy ? pending : action}
        </button>
      </div>
    </form>
  );
}
