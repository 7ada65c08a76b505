import { useMutation } from '@apollo/client/react';
import { type FormEvent, useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { Field } from '../layout/field.tsx';
import { focusAtOnce } from '../layout/focus.ts';
import { useFaults } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { AppealDecision } from './documents.ts';
import { decisionTexts as words } from './texts.ts';

interface Props {
  readonly decisionId: string;
  readonly onSent: () => void;
  readonly onCancel: () => void;
}

/** The one text that may be said against a decision. */
export function AppealForm({ decisionId, onSent, onCancel }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(form, ['text']);
  const [appeal] = useMutation(AppealDecision);
  const [text, setText] = useState('');
  // A second click comes before the form is rendered anew.
  const isUnderWay = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setBusy(true);
    setTrouble(undefined);
    try {
      const { data } = await appeal({ variables: { input: { decisionId, text } } });
      const refused = data?.appealDecision.userErrors ?? [];
      faults.set(refused);
      if (refused.length === 0) onSent();
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.notSentYet);
    }
    isUnderWay.current = false;
    setBusy(false);
  }

  const messages = trouble === undefined ? faults.general : [trouble, ...faults.general];
  return (
    <form
      className="reason-form"
      ref={form}
      noValidate
      onKeyDown={({ key }) => key === 'Escape' && onCancel()}
      onSubmit={(event) => void submit(event)}
    >
      <Field label={words.appealLabel} hint={words.appealHint} error={faults.at('text')}>
        {(control) => (
          <textarea
            {...written}
            {...control}
            rows={5}
            value={text}
            readOnly={isBusy}
            ref={focusAtOnce}
            onChange={({ target }) => {
              setText(target.value);
              faults.forget(['text']);
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
        <button type="submit" className="button-primary" aria-disabled={isBusy}>
          {isBusy ? words.sendingAppeal : words.sendAppeal}
        </button>
        <button type="button" onClick={onCancel}>
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}
