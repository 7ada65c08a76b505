import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { focusAtOnce } from '../layout/focus.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { useDraft } from './use-draft.ts';

interface ComposerProps {
  /** Key of the draft: its author and its purpose. The draft survives a reload. */
  readonly draft: readonly (string | undefined)[];
  readonly label: string;
  readonly action: string;
  readonly initial?: string;
  /** Why the text was not sent. */
  readonly trouble?: ReactNode;
  /** What happens to the text once it is sent; shown before the hint about Markdown. */
  readonly hint?: string | undefined;
  /**
   * Whether the field takes the focus when mounted; by default, if it can be cancelled, since the reader has asked for
   * such a field.
   */
  readonly takesFocus?: boolean;
  /** @returns false: the text was not sent, and stays in the field */
  readonly onSend: (body: string) => unknown;
  readonly onCancel?: () => void;
}

/**
 * Form for a comment, a reply or an edit. The service alone limits the length: a field with a maximum length would
 * truncate pasted text without notice.
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
        {...written}
        id={id}
        value={text}
        rows={onCancel ? 4 : 3}
        ref={takesFocus ? focusAtOnce : undefined}
        // Text written while the request is under way would be cleared together with the sent text.
        readOnly={isSending}
        aria-describedby={`${id}-hint`}
        aria-invalid={message !== undefined}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {message !== undefined && (
        <div className="field-error" role="alert">
          {message}
        </div>
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
