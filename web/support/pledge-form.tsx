import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { formatMoney } from '../format.ts';
import { focusAtOnce } from '../layout/focus.ts';
import { Field } from '../layout/field.tsx';
import { type Fault } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { parseAmount } from '../amount.ts';
import { usePledgeBounds } from './use-pledge-bounds.ts';
import { pledgeNews, type PledgeSituation } from './pledge-news.ts';

/** What a pledge promises. */
export interface PledgeTerms {
  /** Minor units. */
  readonly amount: string;
  readonly named: boolean;
}

interface Props {
  readonly currency: string;
  readonly testMode: boolean;
  /** Of the pledge that is changed, as it was; undefined: a new one. */
  readonly present?: PledgeTerms | undefined;
  /** What the form depends on, as it is now. */
  readonly now: PledgeSituation;
  /** The amount as it was typed, which the caller keeps. */
  readonly typed: string;
  readonly onType: (typed: string) => void;
  /** @returns why the terms were refused; empty if they were not */
  readonly onSend: (terms: PledgeTerms) => Promise<readonly Fault[]>;
  readonly onCancel: () => void;
}

/** The amount of a pledge, and whether its backer is named. */
export function PledgeForm({ currency, testMode, present, now, typed, onType, onSend, onCancel }: Props) {
  const show = (minorUnits: bigint) => formatMoney({ minorUnits: String(minorUnits), currency });
  const [before] = useState(now);
  const newsId = useId();
  const form = useRef<HTMLFormElement>(null);
  const [named, setNamed] = useState(present?.named ?? false);
  const [isSending, setSending] = useState(false);
  const isBusy = useRef(false);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const parsed = parseAmount(typed, currency);
  const bounds = usePledgeBounds(currency);
  const outside =
    'minorUnits' in parsed && bounds && (parsed.minorUnits < bounds.least || parsed.minorUnits > bounds.most)
      ? texts.pledgeBounds(show(bounds.least), show(bounds.most))
      : undefined;
  const amountFault = faults.find(({ field }) => field?.[0] === 'amount')?.message;
  const others = faults.filter(({ field }) => field?.[0] !== 'amount');
  // What the form itself has changed closes it.
  const news = isSending ? undefined : pledgeNews(before, now, present !== undefined);
  const isBlocked = news?.isBlocked === true;

  useEffect(() => {
    if (faults.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [faults]);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    // The second click of a double click comes before the next render.
    if (isBusy.current || isBlocked) return;
    if ('fault' in parsed)
      return setFaults([{ field: ['amount'], message: texts.amountFaults[parsed.fault] }]);
    if (outside !== undefined) return setFaults([{ field: ['amount'], message: outside }]);
    isBusy.current = true;
    setSending(true);
    setFaults([]);
    const refused = await onSend({ amount: String(parsed.minorUnits), named });
    isBusy.current = false;
    setSending(false);
    setFaults(refused);
  }

  function close(event: KeyboardEvent) {
    if (event.key !== 'Escape' || isBusy.current) return;
    event.preventDefault();
    onCancel();
  }

  return (
    <form
      ref={form}
      className="pledge-form"
      noValidate
      onSubmit={(event) => void submit(event)}
      onKeyDown={close}
    >
      <Field label={texts.pledgeAmount(currency)} error={amountFault}>
        {(control) => (
          <input
            {...written}
            {...control}
            ref={focusAtOnce}
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            onChange={({ target }) => {
              setFaults(others);
              onType(target.value);
            }}
          />
        )}
      </Field>
      <p className="pledge-read-as" aria-live="polite">
        {'fault' in parsed || faults.length > 0 || isBlocked
          ? ''
          : (outside ?? texts.pledgeReadAs(show(parsed.minorUnits)))}
      </p>
      <label className="check">
        <input type="checkbox" checked={named} onChange={({ target }) => setNamed(target.checked)} />
        {texts.pledgeNamed}
      </label>
      <p className="hint">{texts.pledgePublic}</p>
      {!present && <p className="hint">{texts.pledgeSteps}</p>}
      {testMode && <p className="test-mode">{texts.testMode}</p>}
      <div className="pledge-news" id={newsId} role="status">
        {news && news.text !== '' && <p className="notice">{news.text}</p>}
      </div>
      {others.length > 0 && (
        <p className="field-error" role="alert">
          {others.map(({ message }) => message).join(' ')}
        </p>
      )}
      <div className="form-foot">
        <button
          type="submit"
          className="button-primary"
          aria-disabled={isSending || isBlocked}
          aria-describedby={isBlocked ? newsId : undefined}
        >
          {isSending ? texts.sending : present ? texts.pledgeSave : texts.pledgeNext}
        </button>
        <button type="button" onClick={onCancel}>
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}
