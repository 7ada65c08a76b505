import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { texts } from '../texts.ts';
import { useDraft } from './use-draft.ts';

interface ComposerProps {
  /** What the draft is for, and whose it is: it survives a reload. */
  readonly draft: readonly (string | undefined)[];
  readonly label: string;
  readonly action: string;
  readonly initial?: string;
  readonly trouble?: string | undefined;
  /** What becomes of the text, before anything about how it is written. */
  readonly hint?: string | undefined;
  /** Whether the field takes the focus when it comes; absent: if it can be cancelled, somebody has asked for it. */
  readonly takesFocus?: boolean;
  /** @returns false: it did not go, the text stays */
  readonly onSend: (body: string) => unknown;
  readonly onCancel?: () => void;
}

/**
 * Where one writes a comment, a reply or a new text for it. How long it may be is the service's to say: a field that takes
 * no more would cut what is pasted, and nobody would notice.
 */
export function Composer({
  draft,
  label,
  action,
  initial,
  trouble,
  hint,
  onSend,
  onCancel,
  takesFocus = onCancel !== undefined,
}: ComposerProps) {
  const [text, setText] = useDraft(draft, initial);
  const id = useId();
  const isEmpty = text.trim() === '';

  const isUnderWay = useRef(false);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<string>();
  const message = failure ?? trouble;
  async function send() {
    if (isEmpty || isUnderWay.current) return;
    isUnderWay.current = true;
    setSending(true);
    setFailure(undefined);
    try {
      if ((await onSend(text)) !== false) setText('');
    } catch {
      setFailure(texts.failed);
    }
    isUnderWay.current = false;
    setSending(false);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
    if (event.key === 'Escape' && onCancel) onCancel();
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        value={text}
        rows={onCancel ? 4 : 3}
        autoFocus={takesFocus}
        // What is written while the text is on its way would go with it.
        readOnly={isSending}
        aria-describedby={`${id}-hint`}
        aria-invalid={message !== undefined}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {message !== undefined && (
        <p className="field-error" role="alert">
          {message}
        </p>
      )}
      <div className="composer-foot">
        <button type="submit" className="button-primary" aria-disabled={isEmpty || isSending}>
          {action}
        </button>
        {onCancel && (
          <button type="button" onClick={onCancel}>
            {texts.cancel}
          </button>
        )}
        <span id={`${id}-hint`} className="hint">
          {hint} {texts.markdownHint}
        </span>
      </div>
    </form>
  );
}
