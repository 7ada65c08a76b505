import { useFragment } from '@apollo/client/react';
import { memo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type CommentCardFragment } from '../graphql/generated/graphql.ts';
import { Portrait } from '../layout/portrait.tsx';
import { Age } from '../layout/time.tsx';
import { MuteMenu } from '../mute/mute-menu.tsx';
import { commentHash, paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { BranchButton } from './branch-button.tsx';
import { CommentActions } from './comment-actions.tsx';
import { CommentEditor } from './comment-editor.tsx';
import { useDiscussion } from './discussion-context.ts';
import { HeldEdit } from './held-edit.tsx';
import { type CommentRow } from './thread-entry.ts';

export const CommentCardDocument = graphql(`
  fragment CommentCard on Comment {
    id
    bodyHtml
    createdAt
    editedAt
    status
    depth
    replyCount
    descendantCount
    authorBadges
    author {
      id
      name
      avatarUrl
      permalink
      sharesNameWithJournalist
    }
    parent {
      id
      author {
        id
        name
      }
    }
    ...CommentActions
  }
`);

interface CardProps {
  readonly row: CommentRow;
}

/** Rows are made anew with each change of the list; most of them are as before. */
const isSameRow = ({ row }: CardProps, { row: next }: CardProps): boolean =>
  row.id === next.id &&
  row.level === next.level &&
  row.isNew === next.isNew &&
  row.isFolded === next.isFolded &&
  row.below === next.below;

// #region card
/**
 * One comment in its present state from the cache. Changes by events are shown without any notification of the card.
 */
export const CommentCard = memo(function CommentCard({ row }: CardProps) {
  const { data, complete } = useFragment({
    fragment: CommentCardDocument,
    fragmentName: 'CommentCard',
    from: { __typename: 'Comment', id: row.id },
  });
  // After a change of reader: the new reader's cache does not have the comment yet.
  if (!complete) return null;
  return <LoadedCard comment={data} row={row} />;
}, isSameRow);
// #endregion card

interface LoadedProps {
  readonly comment: CommentCardFragment;
  readonly row: CommentRow;
}

function LoadedCard({ comment, row }: LoadedProps) {
  const [isEditing, setEditing] = useState(false);
  const card = useRef<HTMLElement>(null);
  const name = comment.author?.name ?? null;
  const endEditing = () => {
    setEditing(false);
    card.current?.focus({ preventScroll: true });
  };
  return (
    <article
      ref={card}
      id={commentHash(comment.id).slice(1)}
      className={`comment${row.isNew ? ' is-new' : ''}${row.isFolded ? ' is-folded' : ''}`}
      tabIndex={-1}
      aria-label={texts.commentBy(name, row.level)}
    >
      <CommentHead comment={comment} row={row} />
      {!row.isFolded && (
        <>
          <CommentText comment={comment} isEditing={isEditing} onDone={endEditing} />
          {!isEditing && <HeldEdit commentId={comment.id} />}
          {!isEditing && (
            <CommentActions
              from={comment}
              isLast={row.below === 'continue'}
              onEdit={() => setEditing(true)}
            />
          )}
          <Below comment={comment} row={row} />
        </>
      )}
    </article>
  );
}

function CommentHead({ comment, row }: LoadedProps) {
  const { list, article } = useDiscussion();
  const { author, status, descendantCount, parent } = comment;
  const isTombstone = status === 'REMOVED';
  const canFold = !list.isFlat && list.has(comment.id) && row.below === 'here' && descendantCount > 0;
  return (
    <header className="comment-head">
      {isTombstone ? (
        <span className="comment-author is-nobody">{texts.removed}</span>
      ) : (
        <>
          <Portrait name={author?.name ?? ''} photoUrl={author?.avatarUrl ?? null} size={24} />
          <span className={author ? 'comment-author' : 'comment-author is-nobody'}>
            <AuthorName author={author} />
          </span>
          {author?.sharesNameWithJournalist === true && (
            <span className="comment-mark">{texts.namesake}</span>
          )}
          {comment.authorBadges.map((badge) => (
            <span key={badge} className="badge">
              {texts.badges[badge]}
            </span>
          ))}
        </>
      )}
      <a className="comment-time" href={paths.article(article.slug) + commentHash(comment.id)}>
        <Age time={comment.createdAt} />
      </a>
      {comment.editedAt !== null && <span className="comment-mark">{texts.edited}</span>}
      {status === 'PENDING' && <span className="badge is-waiting">{texts.pending}</span>}
      {row.isNew && <span className="comment-mark is-new-mark">{texts.isNew}</span>}
      {list.isFlat && parent && (
        <a className="comment-parent" href={paths.article(article.slug) + commentHash(parent.id)}>
          {texts.inReplyTo(parent.author?.name ?? null)}
        </a>
      )}
      {canFold && (
        <button
          type="button"
          className="fold-button"
          aria-expanded={!row.isFolded}
          onClick={() => list.setFolded(comment.id, !row.isFolded)}
        >
          {row.isFolded ? texts.unfold(descendantCount) : texts.fold}
        </button>
      )}
      <MuteMenu of={{ commentId: comment.id }} />
    </header>
  );
}

/** The name leads to the page of who has an account. */
function AuthorName({ author }: Pick<CommentCardFragment, 'author'>) {
  if (!author) return texts.nameless;
  return author.permalink === null ? author.name : <Link href={paths.person(author.id)}>{author.name}</Link>;
}

function CommentText({
  comment,
  isEditing,
  onDone,
}: {
  readonly comment: CommentCardFragment;
  readonly isEditing: boolean;
  readonly onDone: () => void;
}) {
  if (isEditing) return <CommentEditor commentId={comment.id} onDone={onDone} />;
  if (comment.bodyHtml === null) return null;
  // The service has sanitised the HTML, as docs/decisions/ explains.
  return <div className="comment-body" dangerouslySetInnerHTML={{ __html: comment.bodyHtml }} />;
}

function Below({ comment: { id, descendantCount }, row }: LoadedProps) {
  const discussion = useDiscussion();
  if (descendantCount === 0 || row.below === 'here') return null;
  if (row.below === 'continue') {
    return (
      <Link className="continue-link" href={paths.branch(discussion.article.slug, id)}>
        {texts.continueThread(descendantCount)}
      </Link>
    );
  }
  return <BranchButton commentId={id}>{texts.showReplies(descendantCount)}</BranchButton>;
}
