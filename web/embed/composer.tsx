/** @jsxImportSource preact */
import { type TargetedSubmitEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { written } from '../layout/written.ts';
import { useView } from './context.ts';
import { type Draft, keepDraft, randomKey, readDraft } from './draft.ts';
import { Face } from './face.tsx';
import { ServiceError } from './service.ts';

interface Props {
  /** The comment that is answered; absent: the comment is on the article itself. */
  readonly parent?: { readonly id: string; readonly name: string };
  readonly onDone?: () => void;
}

/** Form for a comment or a reply. A text that could not be sent stays. */
export function Composer({ parent, onDone }: Props) {
  const { thread, words, url, announce, focusOn } = useView();
  const [draft, setDraft] = useState<Draft>(() => readDraft(url, parent?.id));
  const [isSending, setSending] = useState(false);
  const [fault, setFault] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const label = parent ? words.say('replyLabel', parent.name) : words.say('commentLabel');
  const isOpen = parent !== undefined || draft.text !== '' || fault !== undefined;

  // The form of a reply appears where the reader has asked for it.
  const isReply = parent !== undefined;
  useLayoutEffect(() => {
    if (isReply) area.current?.focus();
  }, [isReply]);

  const change = (next: Draft) => {
    keepDraft(url, parent?.id, next);
    setDraft(next);
  };

  async function send() {
    const text = draft.text.trim();
    if (text === '' || isSending) return;
    const key = draft.sent?.text === text ? draft.sent.key : randomKey();
    change({ ...draft, sent: { text, key } });
    setSending(true);
    setFault(undefined);
    try {
      const comment = await thread.add({ text, key, parentId: parent?.id });
      change({ text: '' });
      announce(words.say(comment.status === 'PENDING' ? 'saidPending' : 'saidSent'));
      focusOn(comment.id);
      onDone?.();
    } catch (error) {
      setFault(faultText(error));
      area.current?.focus();
    } finally {
      setSending(false);
    }
  }

  function faultText(error: unknown): string {
    const notSent = words.say('notSent');
    if (!(error instanceof ServiceError)) return notSent;
    const { code, message, retryAfter, retryAt } = error;
    // The service's sentence has a time for programs.
    if (retryAt !== undefined) return words.error(code, words.say('tooSoon', words.until(retryAt)), notSent);
    const text = words.error(code, code === 'UNREACHABLE' ? '' : message, notSent);
    return retryAfter === undefined ? text : `${text} ${words.count('wait', Math.ceil(retryAfter))}`;
  }

  return (
    <form
      class="composer"
      onSubmit={(event: TargetedSubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        void send();
      }}
    >
      {!parent && thread.viewer && (
        <Face name={thread.viewer.name} picture={thread.viewer.commentAuthor.avatarUrl} />
      )}
      <div class={isOpen ? 'box open' : 'box'}>
        <textarea
          {...written}
          ref={area}
          aria-label={label}
          placeholder={parent ? label : words.say('commentPlaceholder')}
          value={draft.text}
          // What is written meanwhile would be lost with what is sent.
          readOnly={isSending}
          onInput={({ currentTarget }) => change({ ...draft, text: currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
            if (event.key === 'Escape' && draft.text === '') onDone?.();
          }}
        />
        {isOpen && (
          <div class="bar">
            <span class={fault === undefined ? 'note' : 'note fault'} role="alert">
              {fault}
            </span>
            {parent && (
              <button type="button" class="button quiet" onClick={onDone}>
                {words.say('cancel')}
              </button>
            )}
            <button type="submit" class="button main" disabled={isSending || draft.text.trim() === ''}>
              {isSending ? words.say('sending') : words.say(parent ? 'sendReply' : 'send')}
            </button>
          </div>
        )}
      </div>
    </form>
  );
}
