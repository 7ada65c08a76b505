import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type CommentActionsFragment } from '../graphql/generated/graphql.ts';
import { keepFocusNear } from '../layout/focus.ts';
import { useNow } from '../layout/use-now.ts';
import { commentHash, commentOfHash, paths, withIntent } from '../paths.ts';
import { useIntent } from '../layout/use-intent.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { CommentReactions } from './comment-reactions.tsx';
import { Composer } from './composer.tsx';
import { useDiscussion } from './discussion-context.ts';
import { RemoveButton } from './remove-button.tsx';
import { hasDraft } from './use-draft.ts';

const CommentActionsDocument = graphql(`
  fragment CommentActions on Comment {
    id
    status
    viewerCanReply
    viewerCanEdit
    viewerCanRemove
    viewerCanReport
    viewerEditableUntil
    ...CommentReactions
  }
`);

interface Props {
  readonly from: FragmentType<CommentActionsFragment>;
  /** Whether a reply would be shown on another page. */
  readonly isLast: boolean;
  readonly onEdit: () => void;
  /** Whether the form is open in which a moderator removes a comment of somebody else. */
  readonly isRemoving: boolean;
  readonly onRemove: () => void;
}

export function CommentActions({ from, ...props }: Props) {
  const { data: comment, complete } = useFragment({
    fragment: CommentActionsDocument,
    fragmentName: 'CommentActions',
    from,
  });
  if (!complete) return null;
  return <LoadedActions comment={comment} {...props} />;
}

interface LoadedProps extends Omit<Props, 'from'> {
  readonly comment: CommentActionsFragment;
}

function LoadedActions({ comment, isLast, onEdit, isRemoving, onRemove }: LoadedProps) {
  const { article, list, root, viewerId } = useDiscussion();
  const { isSignedIn } = useReader();
  const now = useNow();
  const { id, viewerCanReply } = comment;
  // A field with a draft opens without the focus; only a field that the reader asked for takes the focus.
  const isAsked = useIntent('reply', (commentOfHash(location.hash) ?? root?.id) === id);
  const [reply, setReply] = useState<'none' | 'draft' | 'asked'>(() => {
    if (isAsked) return 'asked';
    return hasDraft([viewerId, id]) ? 'draft' : 'none';
  });
  const replyButton = useRef<HTMLButtonElement>(null);
  const isGone = comment.status === 'REMOVED';
  const isReplying = reply !== 'none' && (viewerCanReply || isGone) && viewerId !== undefined;
  useEffect(() => {
    if (!isReplying) return;
    list.setAnswered(id, true);
    // A comment with a draft stays marked: its field opens again when its row is mounted again.
    return () => {
      if (!hasDraft([viewerId, id])) list.setAnswered(id, false);
    };
  }, [list, id, viewerId, isReplying]);
  const endReply = () => {
    setReply('none');
    if (isGone) keepFocusNear(document.activeElement);
    list.setAnswered(id, false);
    // Focus without scrolling: the list scrolls to the new reply, which may be far below.
    replyButton.current?.focus({ preventScroll: true });
  };

  const here = root ? paths.branch(article.slug, root.id) : paths.article(article.slug);
  const until = comment.viewerEditableUntil;
  const canEdit = comment.viewerCanEdit && (until === null || Date.parse(until) > now);
  return (
    <>
      {!isGone && (
        <div className="comment-actions">
          {!isSignedIn && (
            <Link href={paths.signIn(withIntent(here + commentHash(id), 'reply'))}>{texts.reply}</Link>
          )}
          {isSignedIn && isLast && viewerCanReply && (
            <Link href={withIntent(paths.branch(article.slug, id), 'reply')}>{texts.reply}</Link>
          )}
          {isSignedIn && !isLast && viewerCanReply && (
            <button
              ref={replyButton}
              type="button"
              className="link-button"
              aria-expanded={isReplying}
              onClick={() => (isReplying ? endReply() : setReply('asked'))}
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
          {comment.viewerCanRemove && !comment.viewerCanReport && <RemoveButton commentId={id} />}
          {comment.viewerCanRemove && comment.viewerCanReport && (
            <button
              type="button"
              className="link-button remove-action"
              aria-expanded={isRemoving}
              onClick={onRemove}
            >
              {texts.remove}
            </button>
          )}
        </div>
      )}
      {isReplying && !(isLast && !isGone) && (
        <ReplyForm commentId={id} isGone={isGone} isAsked={reply === 'asked'} onEnd={endReply} />
      )}
    </>
  );
}

interface ReplyProps {
  readonly commentId: string;
  /** Whether the comment was removed while the reader was writing. */
  readonly isGone: boolean;
  readonly isAsked: boolean;
  readonly onEnd: () => void;
}

function ReplyForm({ commentId, isGone, isAsked, onEnd }: ReplyProps) {
  const discussion = useDiscussion();
  const [, navigate] = useLocation();
  return (
    <Composer
      draft={[discussion.viewerId, commentId]}
      label={texts.yourReply}
      action={isGone ? texts.sendAsComment : texts.sendReply}
      trouble={isGone ? texts.parentGone : undefined}
      takesFocus={isAsked}
      onSend={(body) => {
        discussion.post(body, isGone ? undefined : commentId);
        onEnd();
        // A comment without a parent is shown on the article's page.
        if (isGone && discussion.root) navigate(paths.article(discussion.article.slug));
      }}
      onCancel={onEnd}
    />
  );
}
