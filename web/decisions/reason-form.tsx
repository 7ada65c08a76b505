import { type FormEvent, type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { type ModerationReason } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Field } from '../layout/field.tsx';
import { focusAtOnce, showAll } from '../layout/focus.ts';
import { type Fault, useFaults } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { decisionTexts as words } from './texts.ts';

const reasons = Object.entries(words.reasons) as [ModerationReason, string][];

/** What is sent; names and fields of errors are the same. */
export interface GivenReason {
  readonly reason: ModerationReason;
  /** Undefined: nothing was written. */
  readonly note: string | undefined;
}

interface Props {
  readonly legend: string;
  readonly noteLabel: string;
  readonly noteHint: string;
  readonly action: string;
  /** Label of the button while the request is under way. */
  readonly pending: string;
  readonly isDangerous?: boolean;
  /** @returns why the service has refused; `field` is `reason` or `note` */
  readonly send: (given: GivenReason) => Promise<readonly Fault[]>;
  readonly onCancel: () => void;
}

/** A form for a reason of the list and a note, below the comment that it is about. */
export function ReasonForm(props: Props) {
  const { legend, noteLabel, noteHint, action, pending, isDangerous, send, onCancel } = props;
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(form, ['reason', 'note']);
  // After the first field has the focus, which scrolls that field into view alone.
  useLayoutEffect(() => showAll(form.current), []);
  const [reason, setReason] = useState<ModerationReason>();
  const [note, setNote] = useState('');
  // A second click comes before the form is rendered anew.
  const isUnderWay = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isUnderWay.current) return;
    setTrouble(undefined);
    if (reason === undefined) return faults.set([{ field: ['reason'], message: words.chooseReason }]);
    isUnderWay.current = true;
    setBusy(true);
    try {
      faults.set(await send({ reason, note: note.trim() === '' ? undefined : note }));
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.notSentYet);
    }
    isUnderWay.current = false;
    setBusy(false);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape') onCancel();
  }

  const reasonFault = faults.at('reason');
  const messages = trouble === undefined ? faults.general : [trouble, ...faults.general];
  return (
    <form
      className="reason-form"
      ref={form}
      noValidate
      onKeyDown={onKeyDown}
      onSubmit={(event) => void submit(event)}
    >
      <fieldset aria-describedby={reasonFault === undefined ? undefined : `${id}-fault`}>
        <legend>{legend}</legend>
        <div className="reasons">
          {reasons.map(([value, label], index) => (
            <label key={value} className="reason">
              <input
                type="radio"
                name={`${id}-reason`}
                value={value}
                checked={reason === value}
                ref={index === 0 ? focusAtOnce : undefined}
                aria-invalid={index === 0 && reasonFault !== undefined ? true : undefined}
                onChange={() => {
                  setReason(value);
                  faults.forget(['reason']);
                }}
              />
              <span>{label}</span>
            </label>
          ))}
        </div>
        {reasonFault !== undefined && (
          <p className="field-error" id={`${id}-fault`}>
            {reasonFault}
          </p>
        )}
      </fieldset>
      <Field label={noteLabel} hint={noteHint} error={faults.at('note')}>
        {(control) => (
          <textarea
            {...written}
            {...control}
            rows={2}
            value={note}
            // What is written while the request is under way would be lost with the form.
            readOnly={isBusy}
            onChange={({ target }) => {
              setNote(target.value);
              faults.forget(['note']);
            }}
          />
        )}
      </Field>
      {/* Rendered from the start, so that added messages are announced. */}
      <div role="alert">
        {messages.map((message) => (
          <p key={message} className="field-error">
            {message}
          </p>
        ))}
      </div>
      <div className="form-foot">
        <button
          type="submit"
          className={isDangerous === true ? 'button-danger' : 'button-primary'}
          aria-disabled={isBusy}
        >
          {isBusy ? pending : action}
        </button>
        <button type="button" onClick={onCancel}>
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}
