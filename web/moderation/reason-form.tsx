import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import type { ModerationReason } from '../graphql/generated/graphql.ts';
import { focusInPlace, useFocusLeft } from '../layout/focus.ts';
import { written } from '../layout/written.ts';
import { type Asking, useDesk } from './queue-context.ts';
import { queueTexts as words } from './queue-texts.ts';
import { moderationTexts } from './texts.ts';

const reasons = Object.keys(moderationTexts.reasons) as ModerationReason[];

/** The key of a reason: 1 to 9, and 0 for the tenth. */
const keyOf = (index: number): string => String((index + 1) % 10);

/** Asks why: a number chooses a reason, Enter sends. */
export function ReasonForm({ asking }: { readonly asking: Asking }) {
  const { verdict } = asking;
  const { answer, cancel, draft, keepDraft, lost } = useDesk();
  const [reason, setChosen] = useState(() => draft(asking).reason);
  const [isMissing, setMissing] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const note = useRef<HTMLInputElement>(null);
  const isAnswered = useRef(false);
  const onLost = useRef(lost);
  useFocusLeft(form);
  useLayoutEffect(() => {
    const element = form.current;
    const tell = onLost.current;
    return () => {
      if (isAnswered.current || element?.contains(document.activeElement) !== true) return;
      queueMicrotask(() => !element.isConnected && tell());
    };
  }, []);

  function setReason(chosen: ModerationReason) {
    setChosen(chosen);
    keepDraft(asking, { reason: chosen });
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === note.current) return;
    // The legend has the focus until a reason is chosen, and sends nothing by itself.
    if (event.key === 'Enter' && event.target instanceof HTMLLegendElement)
      event.currentTarget.requestSubmit();
    const index = reasons.findIndex((_, each) => keyOf(each) === event.key);
    const chosen = reasons[index];
    if (chosen === undefined) return;
    event.preventDefault();
    setReason(chosen);
    setMissing(false);
    event.currentTarget.querySelectorAll<HTMLInputElement>('[type=radio]')[index]?.focus();
  }

  return (
    <form
      ref={form}
      className="queue-reasons"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason === undefined) {
          setMissing(true);
          event.currentTarget.querySelector<HTMLInputElement>('[type=radio]')?.focus();
          return;
        }
        isAnswered.current = true;
        answer({ reason, note: note.current?.value.trim() ?? '' });
      }}
    >
      <fieldset>
        {/* The form takes the focus, so that numbers work at once. */}
        <legend tabIndex={-1} ref={focusInPlace}>
          {verdict === 'REJECT' ? words.whyReject : words.whyRemove}
        </legend>
        <div className="queue-reason-list">
          {reasons.map((each, index) => (
            <label key={each} className="queue-reason">
              <input
                type="radio"
                name="reason"
                value={each}
                checked={reason === each}
                onChange={() => {
                  setReason(each);
                  setMissing(false);
                }}
              />
              <kbd aria-hidden="true">{keyOf(index)}</kbd>
              {moderationTexts.reasons[each]}
            </label>
          ))}
        </div>
      </fieldset>
      <label className="queue-note">
        {words.note}
        <input
          {...written}
          ref={note}
          name="note"
          maxLength={500}
          autoComplete="off"
          defaultValue={draft(asking).note}
          onInput={({ currentTarget }) => keepDraft(asking, { note: currentTarget.value })}
        />
      </label>
      <p className={isMissing ? 'field-error' : 'hint'} role={isMissing ? 'alert' : undefined}>
        {isMissing ? words.chooseReason : words.whyHint}
      </p>
      <div className="form-foot">
        <button type="submit" className="button-primary">
          {verdict === 'REJECT' ? words.reject : words.remove}
        </button>
        <button type="button" onClick={cancel}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}
