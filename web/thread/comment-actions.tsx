import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type CommentActionsFragment } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { useNow } from '../layout/use-now.ts';
import { commentHash, paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { CommentReactions } from './comment-reactions.tsx';
import { Composer } from './composer.tsx';
import { useDiscussion } from './discussion-context.ts';
import { RemoveComment } from './documents.ts';

const CommentActionsDocument = graphql(`
  fragment CommentActions on Comment {
    id
    status
    viewerCanReply
    viewerCanEdit
    viewerCanRemove
    viewerEditableUntil
    ...CommentReactions
  }
`);

export function CommentActions({
  from,
  isLast,
  onEdit,
}: {
  readonly from: FragmentType<CommentActionsFragment>;
  /** A reply would stand on another page. */
  readonly isLast: boolean;
  readonly onEdit: () => void;
}) {
  const { data: comment, complete } = useFragment({
    fragment: CommentActionsDocument,
    fragmentName: 'CommentActions',
    from,
  });
  const discussion = useDiscussion();
  const reader = useReader();
  const now = useNow();
  const [isReplying, setReplying] = useState(false);
  const replyButton = useRef<HTMLButtonElement>(null);
  if (!complete || comment.status === 'REMOVED') return null;
  const here = paths.article(discussion.article.slug) + commentHash(comment.id);
  const until = comment.viewerEditableUntil;
  const canEdit = comment.viewerCanEdit && (until === null || Date.parse(until) > now);
  const endReply = () => {
    setReplying(false);
    replyButton.current?.focus();
  };
  return (
    <>
      <div className="comment-actions">
        {!reader.isSignedIn && <Link href={paths.signIn(here)}>{texts.reply}</Link>}
        {reader.isSignedIn && isLast && comment.viewerCanReply && (
          <Link href={paths.branch(discussion.article.slug, comment.id)}>{texts.reply}</Link>
        )}
        {reader.isSignedIn && !isLast && comment.viewerCanReply && (
          <button
            ref={replyButton}
            type="button"
            className="link-button"
            aria-expanded={isReplying}
            onClick={() => setReplying(!isReplying)}
          >
            {texts.reply}
          </button>
        )}
        <CommentReactions from={comment} />
        {canEdit && (
          <button type="button" className="link-button" onClick={onEdit}>
            {texts.edit}
          </button>
        )}
        {comment.viewerCanRemove && <RemoveButton commentId={comment.id} />}
      </div>
      {isReplying && (
        <Composer
          draft={[discussion.viewerId, comment.id]}
          label={texts.yourReply}
          action={texts.sendReply}
          onSend={async (body) => {
            await discussion.post(body, comment.id);
            endReply();
          }}
          onCancel={endReply}
        />
      )}
    </>
  );
}

/** What is about to go takes the focus with it: the comment keeps it, or if that goes too, its neighbour. */
function keepFocusNear(element: HTMLElement | null): void {
  const row = element?.closest('.thread-row');
  const neighbour = row?.previousElementSibling ?? row?.nextElementSibling;
  neighbour?.querySelector<HTMLElement>('article')?.focus({ preventScroll: true });
}

/** Asks once more in its own place: what is removed is gone for its author. */
function RemoveButton({ commentId }: { readonly commentId: string }) {
  const discussion = useDiscussion();
  const asked = useRef<HTMLSpanElement>(null);
  const [isAsking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const [isRemoving, setRemoving] = useState(false);

  async function confirm() {
    if (isRemoving) return;
    setRemoving(true);
    try {
      const { data } = await discussion.mutate(RemoveComment, { input: { commentId } });
      const { vanishedCommentId, userErrors } = data?.removeComment ?? {};
      if (data?.removeComment.article) keepFocusNear(asked.current);
      if (vanishedCommentId != null) discussion.list.remove(vanishedCommentId);
      setTrouble(userErrors?.[0]?.message);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
    setRemoving(false);
  }

  return (
    <>
      {isAsking ? (
        <span ref={asked} className="confirm" role="group" aria-label={texts.reallyRemove}>
          <span>{texts.reallyRemove}</span>
          <button
            type="button"
            className="link-button is-danger"
            autoFocus
            aria-disabled={isRemoving}
            onClick={() => void confirm()}
          >
            {texts.remove}
          </button>
          <button type="button" className="link-button" onClick={() => setAsking(false)}>
            {texts.cancel}
          </button>
        </span>
      ) : (
        <button type="button" className="link-button" onClick={() => setAsking(true)}>
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
