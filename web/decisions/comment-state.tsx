import { useQuery } from '@apollo/client/react';
import { CommentDecision } from './documents.ts';
import { DecisionNotice } from './decision-notice.tsx';
import { decisionTexts as words } from './texts.ts';

interface HeldEdit {
  readonly status: string;
  readonly bodyHtml: string;
  readonly viewerHold?: { readonly phase: string } | null;
}

interface Props {
  readonly commentId: string;
  /** Whether the comment itself waits for a moderator. */
  readonly isWaiting: boolean;
  /** The phase that holds it. */
  readonly phase: string | undefined;
  readonly heldEdit: HeldEdit | undefined;
  /** Whether a decision against the comment stands. */
  readonly isDecided: boolean;
}

/** Below a comment, for its author: what waits, why, and what was decided. */
export default function CommentState({ commentId, isWaiting, phase, heldEdit, isDecided }: Props) {
  return (
    <>
      {isWaiting && <Waiting phase={phase} />}
      {heldEdit && <HeldText {...heldEdit} />}
      {isDecided && <StoredDecision commentId={commentId} />}
    </>
  );
}

/** Says that a comment waits, and what has held it, but not by which rule: nobody can ask the lists word by word. */
export function Waiting({ phase }: { readonly phase: string | undefined }) {
  return (
    <p className="state-note is-waiting">
      {phase === 'HOOK' ? words.isAsked : `${words.waits} ${words.phases[phase ?? ''] ?? ''}`}
    </p>
  );
}

/** An edited text of a comment that waits for a moderator, or was rejected. */
export function HeldText({ status, bodyHtml, viewerHold }: HeldEdit) {
  return (
    <aside className="held-edit">
      <p className="held-edit-note">
        {status === 'REJECTED' ? words.heldEdits.REJECTED : words.heldEdits.PENDING}{' '}
        {words.phases[viewerHold?.phase ?? '']}
      </p>
      {/* The service has sanitised the HTML. */}
      <div className="comment-body" lang="" dangerouslySetInnerHTML={{ __html: bodyHtml }} />
    </aside>
  );
}

function StoredDecision({ commentId }: { readonly commentId: string }) {
  const { data } = useQuery(CommentDecision, {
    variables: { commentId },
    // An appeal may have been answered since.
    fetchPolicy: 'cache-and-network',
  });
  const decision = data?.comment?.viewerDecision;
  return decision ? <DecisionNotice from={decision} /> : null;
}
