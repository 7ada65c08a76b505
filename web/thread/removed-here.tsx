import { useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { focusInPlace } from '../layout/focus.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { useDiscussion } from './discussion-context.ts';
import { lateAnswersOf } from './late-answers.ts';
import { UndoRemoval } from '../decisions/documents.ts';
import { decisionTexts as words } from '../decisions/texts.ts';

interface Props {
  readonly commentId: string;
  readonly decisionId: string;
  readonly authorName: string | null;
  readonly onUndone: () => void;
}

/** Stands in the place of a comment that the reader has removed as a moderator, and undoes that. */
export default function RemovedHere({ commentId, decisionId, authorName, onUndone }: Props) {
  const { removals } = useDiscussion();
  const reader = useReader();
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();

  async function undo() {
    if (isBusy) return;
    setBusy(true);
    try {
      const variables = { input: { decisionId } };
      const ask = () => reader.apollo.mutate({ mutation: UndoRemoval, variables });
      const { data } = await lateAnswersOf(reader).during(ask);
      const fault = data?.undoDecision.userErrors[0]?.message;
      if (data?.undoDecision.decision) {
        removals.delete(commentId);
        return onUndone();
      }
      setTrouble(fault ?? texts.failed);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
    setBusy(false);
  }

  return (
    <div className="outcome">
      <p role="status">{words.removedHere(authorName)}</p>
      <button type="button" ref={focusInPlace} aria-disabled={isBusy} onClick={() => void undo()}>
        {isBusy ? words.undoing : words.undo}
      </button>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}
