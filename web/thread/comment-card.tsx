import { useFragment } from '@apollo/client/react';
import { memo, useRef, useState, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type CommentCardFragment } from '../graphql/generated/graphql.ts';
import { written } from '../layout/written.ts';
import { removedPart } from './removed-part.ts';
import { PartOfPage } from '../layout/part.tsx';
import { Portrait } from '../layout/portrait.tsx';
import { Age } from '../layout/time.tsx';
import { MuteMenu } from '../mute/mute-menu.tsx';
import { commentHash, commentOfHash, paths, withIntent } from '../paths.ts';
import { useIntent } from '../layout/use-intent.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { BranchButton } from './branch-button.tsx';
import { CommentActions } from './comment-actions.tsx';
import { CommentEditor } from './comment-editor.tsx';
import { useDiscussion } from './discussion-context.ts';
import { OwnState } from './own-state.tsx';
import { type AskedForm, ReasonedForm } from './reasoned-form.tsx';
import { ReportAction } from './report-action.tsx';
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
    viewerCanReport
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

function LoadedCard({ comment: present, row }: LoadedProps) {
  const { removals, root } = useDiscussion();
  const { isSignedIn } = useReader();
  const asksReport = useIntent('report', (commentOfHash(location.hash) ?? root?.id) === present.id);
  const [asked, setAsked] = useState<AskedForm | undefined>(asksReport && isSignedIn ? 'report' : undefined);
  const removal = useSyncExternalStore(removals.subscribe, () => removals.get(present.id));
  // What the reader has removed here stays, with a button that undoes it, even if nothing of it is left for others.
  const isRemoved = removal?.decisionId !== undefined;
  const comment = isRemoved ? tombstoneOf(present) : present;
  const [isEditing, setEditing] = useState(false);
  const card = useRef<HTMLElement>(null);
  const name = comment.author?.name ?? null;
  const takeFocus = () => card.current?.focus({ preventScroll: true });
  const ask = (form: AskedForm) => setAsked(asked === form ? undefined : form);
  const closeForm = () => {
    setAsked(undefined);
    const opener = asked === 'report' ? '.report-action' : '.remove-action';
    card.current?.querySelector<HTMLElement>(opener)?.focus({ preventScroll: true });
  };
  const endEditing = () => {
    setEditing(false);
    takeFocus();
  };
  return (
    <article
      ref={card}
      id={commentHash(comment.id).slice(1)}
      className={`comment${row.isNew ? ' is-new' : ''}${row.isFolded ? ' is-folded' : ''}${toneOf(comment)}`}
      tabIndex={-1}
      aria-label={texts.commentBy(name, row.level)}
    >
      <CommentHead
        comment={comment}
        row={row}
        isReporting={asked === 'report'}
        onReport={() => ask('report')}
      />
      {!row.isFolded && (
        <>
          <CommentText comment={comment} isEditing={isEditing} onDone={endEditing} />
          {!isEditing && <OwnState commentId={comment.id} />}
          {removal?.decisionId !== undefined && (
            <PartOfPage
              part={removedPart}
              props={{
                commentId: comment.id,
                decisionId: removal.decisionId,
                authorName: removal.authorName,
                onUndone: () => {
                  setAsked(undefined);
                  setTimeout(takeFocus);
                },
              }}
              fallback={null}
            />
          )}
          {!isEditing && !isRemoved && (
            <CommentActions
              from={comment}
              isLast={row.below === 'continue'}
              onEdit={() => setEditing(true)}
              isRemoving={asked === 'removal'}
              onRemove={() => ask('removal')}
            />
          )}
          {asked && isSignedIn && comment.status !== 'REMOVED' && (
            <ReasonedForm commentId={comment.id} authorName={name} asked={asked} onClose={closeForm} />
          )}
          <Below comment={comment} row={row} />
        </>
      )}
    </article>
  );
}

/** A comment as it is once it is removed. */
const tombstoneOf = (comment: CommentCardFragment): CommentCardFragment => ({
  ...comment,
  status: 'REMOVED',
  author: null,
  authorBadges: [],
  bodyHtml: null,
  viewerCanReport: false,
  editedAt: null,
});

/** The article's author is a journalist anyway. */
const badgesOf = ({ authorBadges }: CommentCardFragment): CommentCardFragment['authorBadges'] =>
  authorBadges.includes('ARTICLE_AUTHOR')
    ? authorBadges.filter((badge) => badge !== 'JOURNALIST')
    : authorBadges;

/** The class of a comment by the article's author or by moderators, whom readers should recognise. */
function toneOf({ authorBadges }: CommentCardFragment): string {
  if (authorBadges.includes('ARTICLE_AUTHOR')) return ' is-by-author';
  return authorBadges.includes('MODERATOR') ? ' is-by-staff' : '';
}

interface HeadProps extends LoadedProps {
  readonly isReporting: boolean;
  readonly onReport: () => void;
}

function CommentHead({ comment, row, isReporting, onReport }: HeadProps) {
  const { list, article, root } = useDiscussion();
  const { isSignedIn } = useReader();
  const here = root ? paths.branch(article.slug, root.id) : paths.article(article.slug);
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
          {badgesOf(comment).map((badge) => (
            <span key={badge} className={`badge is-${badge.toLowerCase()}`}>
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
      {status === 'REJECTED' && <span className="badge is-refused">{texts.commentStatuses.REJECTED}</span>}
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
      {(status === 'PUBLISHED' || isTombstone) && (
        <MuteMenu
          of={{ commentId: comment.id }}
          tools={
            (comment.viewerCanReport || (!isSignedIn && !isTombstone)) && (
              <ReportAction
                signInAddress={
                  isSignedIn ? undefined : paths.signIn(withIntent(here + commentHash(comment.id), 'report'))
                }
                isOpen={isReporting}
                onAsk={onReport}
              />
            )
          }
        />
      )}
    </header>
  );
}

/** The name leads to the page of who has an account. */
function AuthorName({ author }: Pick<CommentCardFragment, 'author'>) {
  if (!author) return texts.nameless;
  return author.permalink === null ? (
    <bdi lang="">{author.name}</bdi>
  ) : (
    <Link {...written} href={paths.person(author.id)}>
      {author.name}
    </Link>
  );
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
  return <div className="comment-body" lang="" dangerouslySetInnerHTML={{ __html: comment.bodyHtml }} />;
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
