import { useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { focusAtOnce, keepFocusNear } from '../layout/focus.ts';
import { texts } from '../texts.ts';
import { useDiscussion } from './discussion-context.ts';
import { RemoveComment } from './documents.ts';

/** Asks for confirmation in place of the button, since authors cannot restore a removed comment. */
export function RemoveButton({ commentId }: { readonly commentId: string }) {
  const discussion = useDiscussion();
  const asked = useRef<HTMLSpanElement>(null);
  const [state, setState] = useState<'idle' | 'asking' | 'removing' | 'kept'>('idle');
  const [trouble, setTrouble] = useState<string>();

  async function confirm() {
    if (state === 'removing') return;
    setState('removing');
    try {
      const { data } = await discussion.mutate(RemoveComment, { input: { commentId } });
      const { article, vanishedCommentId, userErrors } = data?.removeComment ?? {};
      if (article) keepFocusNear(asked.current);
      if (vanishedCommentId != null) discussion.list.remove(vanishedCommentId);
      setTrouble(userErrors?.[0]?.message);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
    setState('asking');
  }

  return (
    <>
      {state === 'asking' || state === 'removing' ? (
        <span ref={asked} className="confirm" role="group" aria-label={texts.reallyRemove}>
          <span>{texts.reallyRemove}</span>
          <button
            type="button"
            className="link-button is-danger"
            ref={focusAtOnce}
            aria-disabled={state === 'removing'}
            onClick={() => void confirm()}
          >
            {texts.remove}
          </button>
          <button type="button" className="link-button" onClick={() => setState('kept')}>
            {texts.cancel}
          </button>
        </span>
      ) : (
        <button
          type="button"
          className="link-button"
          ref={state === 'kept' ? focusAtOnce : undefined}
          onClick={() => setState('asking')}
        >
          {texts.remove}
        </button>
      )}
      {trouble !== undefined && (
        <span className="field-error" role="alert">
          {trouble}
        </span>
      )}
    </>
  );
}
