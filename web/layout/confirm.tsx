import { type ReactNode, useId, useRef, useState } from 'react';
import { focusAtOnce, useFocusLeft } from './focus.ts';

interface Props {
  /** Label of the button, both before and after the question. */
  readonly action: string;
  /** What is about to happen, and what can't be undone. */
  readonly question: string;
  /** Label of the button with which nothing happens. */
  readonly keep: string;
  readonly isBusy: boolean;
  /** Message about the last attempt. */
  readonly trouble?: string | undefined;
  /** Name of the first button where several have the same label. */
  readonly label?: string;
  readonly className?: string;
  readonly onConfirm: () => void;
}

/** A button that asks before something happens that can't be undone. */
export function Confirm({ action, question, keep, isBusy, trouble, label, className, onConfirm }: Props) {
  const [isAsking, setAsking] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();
  if (!isAsking) {
    return (
      <button
        type="button"
        className={className}
        ref={opener}
        aria-label={label}
        onClick={() => setAsking(true)}
      >
        {action}
      </button>
    );
  }
  return (
    <Question label={id}>
      <p id={id}>{question}</p>
      <div className="form-foot">
        <button type="button" className={className} aria-disabled={isBusy} onClick={onConfirm}>
          {action}
        </button>
        <button
          type="button"
          ref={focusAtOnce}
          onClick={() => {
            setAsking(false);
            setTimeout(() => opener.current?.focus());
          }}
        >
          {keep}
        </button>
      </div>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </Question>
  );
}

function Question({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const group = useRef<HTMLDivElement>(null);
  useFocusLeft(group);
  return (
    <div ref={group} className="question" role="group" aria-labelledby={label}>
      {children}
    </div>
  );
}
