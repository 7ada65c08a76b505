import { type FormEvent, type ReactNode, useLayoutEffect, useId, useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { type ModerationReason } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { useFocusLeft } from '../layout/focus.ts';
import { type Fault, type Faults, useFaults } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { peopleTexts as words } from './people-texts.ts';
import { moderationTexts } from './texts.ts';

/** What a form for a decision contains. */
export interface DecisionValues {
  /** Undefined where the form does not ask for a reason. */
  readonly reason: ModerationReason | undefined;
  /** Null: empty. */
  readonly note: string | null;
  readonly valueOf: (name: string) => string;
}

interface Props {
  /** What is about to happen. */
  readonly question: string;
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly hasReason?: boolean;
  /** Names of the fields among the children. */
  readonly others?: readonly string[];
  readonly noteLabel?: string;
  readonly noteHint?: string;
  readonly children?: (faults: Pick<Faults, 'at' | 'forget'>) => ReactNode;
  /** @returns why it was refused; empty if it was not */
  readonly send: (values: DecisionValues) => Promise<readonly Fault[]>;
  /** Nothing is to happen. */
  readonly onClose: () => void;
}

const reasons = Object.keys(moderationTexts.reasons) as ModerationReason[];

/** Asks before something is decided: why, and what the person is told. Its first field takes the focus; Escape closes it. */
export function DecisionForm(props: Props) {
  const { question, action, isDangerous, hasReason = false, others = [], children, send, onClose } = props;
  const { noteLabel = words.note, noteHint = words.noteHint } = props;
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(form, ['reason', 'note', 'answer', ...others]);
  const isUnderWay = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const id = useId();
  useFocusLeft(form);
  // With the form itself: whoever presses Escape or types at once does it here.
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>('select, input, textarea')?.focus(), []);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isUnderWay.current) return;
    const values = new FormData(event.currentTarget);
    const valueOf = (name: string): string => {
      const value = values.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const reason = reasons.find((each) => each === valueOf('reason'));
    if (hasReason && !reason) {
      faults.set([{ field: ['reason'], message: words.reasonMissing }]);
      return;
    }
    isUnderWay.current = true;
    setBusy(true);
    setTrouble(undefined);
    faults.set([]);
    try {
      faults.set(await send({ reason, note: valueOf('note') || null, valueOf }));
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.notSentYet);
    }
    isUnderWay.current = false;
    setBusy(false);
  }

  const messages = trouble === undefined ? faults.general : [trouble, ...faults.general];
  return (
    <form
      className="question mod-form"
      ref={form}
      noValidate
      aria-labelledby={id}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <p id={id}>{question}</p>
      <div className="mod-fields">
        {children?.(faults)}
        {hasReason && (
          <Field label={words.reason} error={faults.at('reason')}>
            {(control) => (
              <select {...control} name="reason" onChange={() => faults.forget(['reason'])}>
                <option value="">{words.chooseReason}</option>
                {reasons.map((reason) => (
                  <option key={reason} value={reason}>
                    {moderationTexts.reasons[reason]}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
      </div>
      <Field label={noteLabel} hint={noteHint} error={faults.at('note') ?? faults.at('answer')}>
        {(control) => (
          <textarea
            {...written}
            {...control}
            name="note"
            rows={2}
            maxLength={500}
            onInput={() => faults.forget(['note', 'answer'])}
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
        <button type="submit" className={isDangerous ? 'is-danger' : 'button-primary'} aria-disabled={isBusy}>
          {isBusy ? words.sending : action}
        </button>
        <button type="button" onClick={onClose}>
          {words.keep}
        </button>
      </div>
    </form>
  );
}
