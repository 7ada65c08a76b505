import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { type ReactNode, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { WhyNot } from '../account/why-not.tsx';
import { graphql } from '../graphql/generated/gql.ts';
import { type DiscussionHeadFragment } from '../graphql/generated/graphql.ts';
import { focusInPlace } from '../layout/focus.ts';
import { useIntent } from '../layout/use-intent.ts';
import { paths, withIntent } from '../paths.ts';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { MuteMenu } from '../mute/mute-menu.tsx';
import { useReader, useViewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { Composer } from './composer.tsx';
import { type Discussion } from './discussion.ts';
import { type ThreadSort } from './thread-entry.ts';

const DiscussionHeadDocument = graphql(`
  fragment DiscussionHead on Article {
    id
    slug
    permalink
    commentCount
    commentPolicy
    slowModeSeconds
    viewerCanComment
  }
`);

// For moderators alone.
const queuePart = partOf(() => import('../decisions/queue-line.tsx'));

const moderators: ReadonlySet<string> = new Set(['MODERATOR', 'EDITOR', 'ADMINISTRATOR']);

interface Props {
  readonly from: FragmentType<DiscussionHeadFragment>;
  readonly discussion: Discussion;
  /** Whether the reader has chosen the order here: then the select takes the focus. */
  readonly isSorted: boolean;
  readonly onSort: (sort: ThreadSort) => void;
  /** The article's campaign in one line. */
  readonly support: ReactNode;
}

/** The number of comments, their order, and the form for a new comment. */
export function DiscussionHead({ from, discussion, isSorted, onSort, support }: Props) {
  const { data: article, complete } = useFragment({
    fragment: DiscussionHeadDocument,
    fragmentName: 'DiscussionHead',
    from,
  });
  const reader = useReader();
  const isAsked = useIntent('comment');
  const viewer = useViewer();
  const moderates = viewer?.roles.some((role) => moderators.has(role)) === true;
  const state = useSyncExternalStore(discussion.subscribeState, discussion.state);
  if (!complete) return null;
  const isUnpublished = state.status === 'ended' && state.because === 'unpublished';
  const isClosed = article.commentPolicy === 'CLOSED';
  return (
    <div className="discussion-head">
      <div className="discussion-title">
        <h2 id="discussion">
          {texts.discussion} <span className="count">{texts.comments(article.commentCount)}</span>
        </h2>
        <label className="sort">
          {texts.sortLabel}
          <select
            value={discussion.list.sort}
            ref={isSorted ? focusInPlace : undefined}
            onChange={({ target }) => onSort(target.value as ThreadSort)}
          >
            {Object.entries(texts.sorts).map(([sort, label]) => (
              <option key={sort} value={sort}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      {reader.isSignedIn && (
        <div className="discussion-mute">
          <MuteMenu of={{ slug: article.slug }} />
        </div>
      )}
      {moderates && <PartOfPage part={queuePart} props={{ articleId: article.id }} fallback={null} />}
      {support}
      <p className="printed-only">{texts.printedDiscussion(article.commentCount, article.permalink)}</p>
      {isUnpublished && (
        <p className="notice" role="alert">
          {texts.ends.unpublished}
        </p>
      )}
      {isClosed && <p className="hint">{texts.commentsClosed}</p>}
      {article.commentPolicy === 'PREMODERATED' && <p className="hint">{texts.premoderated}</p>}
      {!isClosed && !moderates && article.slowModeSeconds > 0 && (
        <p className="hint">{texts.slowMode(article.slowModeSeconds)}</p>
      )}
      {reader.isSignedIn
        ? !isUnpublished &&
          (article.viewerCanComment ? (
            <Composer
              draft={[discussion.viewerId, article.id]}
              label={texts.yourComment}
              takesFocus={isAsked}
              action={texts.sendComment}
              onSend={(body) => discussion.post(body, undefined)}
            />
          ) : (
            // A suspension is told here for all that the reader may not do on the page.
            (!isClosed || viewer?.isSuspended === true) && (
              <WhyNot
                purpose="comment"
                next={withIntent(`${paths.article(article.slug)}#discussion`, 'comment')}
              />
            )
          ))
        : !isClosed && (
            <p>
              <Link
                className="button"
                href={paths.signIn(withIntent(`${paths.article(article.slug)}#discussion`, 'comment'))}
              >
                {texts.signInToComment}
              </Link>
            </p>
          )}
    </div>
  );
}
