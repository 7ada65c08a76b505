import { useCallback, useState } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type BranchPageQuery } from '../graphql/generated/graphql.ts';
import { prepareSnapshot, useSnapshot } from '../graphql/use-snapshot.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Gone, Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { commentToOpen } from '../layout/reading-place.ts';
import { commentHash, paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { CommentCard } from '../thread/comment-card.tsx';
import { Discussion } from '../thread/discussion.ts';
import { discussionOf, type SnapshotPolicy, useOpening } from '../thread/kept-discussions.ts';
import { Thread } from '../thread/thread.tsx';
import { type CommentRow } from '../thread/thread-entry.ts';
import { maxLevel, pageSize } from '../thread/thread-variables.ts';

/** One comment and its descendants, for threads that are too deep for one page. */
const BranchPageDocument = graphql(`
  query BranchPage($commentId: ID!, $first: Int, $maxDepth: Int, $around: ID) {
    comment(id: $commentId) {
      id
      depth
      threadPosition
      createdAt
      ...CommentCard
      article {
        id
        slug
        title
        liveCursor
      }
      descendants(first: $first, maxDepth: $maxDepth, around: $around) {
        ...ThreadPage @unmask
      }
    }
    viewer {
      id
    }
  }
`);

/** The part of the page outside the list, for reloading after events were missed. */
const BranchRoot = graphql(`
  query BranchRoot($commentId: ID!) {
    comment(id: $commentId) {
      id
      ...CommentCard
    }
  }
`);

const variablesOf = (commentId: string, around: string | undefined) => ({
  commentId,
  first: pageSize,
  maxDepth: maxLevel + 1,
  around: around ?? null,
});

/**
 * Loads the branch at the document's address, before its page is rendered.
 * @returns whether the service has answered
 */
export const prepareBranchPage = ({ apollo }: Reader, commentId: string): Promise<boolean> =>
  prepareSnapshot(apollo, BranchPageDocument, variablesOf(commentId, commentToOpen()));

export default function BranchPage({
  slug,
  commentId,
}: {
  readonly slug: string;
  readonly commentId: string;
}) {
  const [isFromTop, setFromTop] = useState(false);
  const { policy, around } = useOpening({ slug, rootId: commentId, sort: 'THREADED' });
  const { data, error, loading, retry } = useSnapshot(
    BranchPageDocument,
    variablesOf(commentId, isFromTop ? undefined : around),
    policy,
  );
  if (!data?.comment) {
    if (loading) return <Loading />;
    if (error) return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={retry} />;
    return <NotFound />;
  }
  const { comment } = data;
  if (comment.article.slug !== slug) return <NotFound />;
  return (
    <div className="page branch-page">
      <PageHead title={texts.branchTitle(comment.article.title)} />
      <h1 tabIndex={-1} className="branch-title">
        {texts.branchTitle(comment.article.title)}
      </h1>
      <p>
        <Link href={paths.article(slug) + commentHash(comment.id)}>{texts.wholeDiscussion}</Link>
      </p>
      <section className="discussion" aria-label={texts.discussion}>
        {comment.descendants ? (
          <BranchDiscussion
            policy={policy}
            around={around}
            comment={comment}
            page={comment.descendants}
            viewerId={data.viewer?.id}
          />
        ) : (
          error !== undefined && <Trouble message={texts.commentGone} onRetry={() => setFromTop(true)} />
        )}
      </section>
    </div>
  );
}

type Comment = NonNullable<BranchPageQuery['comment']>;

interface Props {
  readonly comment: Comment;
  readonly page: NonNullable<Comment['descendants']>;
  readonly policy: SnapshotPolicy;
  readonly around: string | undefined;
  readonly viewerId: string | undefined;
}

function BranchDiscussion({ comment, page, policy, around, viewerId }: Props) {
  const reader = useReader();
  const [notice, setNotice] = useState<string>();
  const { article } = comment;
  const [discussion] = useState(() =>
    discussionOf(
      reader,
      { slug: article.slug, rootId: comment.id, sort: 'THREADED' },
      policy,
      () =>
        new Discussion({
          reader,
          article,
          root: comment,
          sort: 'THREADED',
          page,
          around,
          liveCursor: article.liveCursor,
          viewerId,
          refresh: () =>
            reader.apollo.query({
              query: BranchRoot,
              variables: { commentId: comment.id },
              fetchPolicy: 'network-only',
            }),
        }),
    ),
  );
  const row: CommentRow = {
    kind: 'comment',
    key: comment.id,
    id: comment.id,
    level: 0,
    isNew: false,
    isFolded: false,
    below: 'here',
  };
  return (
    <Thread
      discussion={discussion}
      onSeek={useCallback(() => setNotice(undefined), [])}
      onMissing={useCallback((_id: string, failure?: unknown) => {
        const isGone = failure === undefined || messageOf(failure) !== undefined;
        setNotice(isGone ? texts.commentGone : texts.unreachable);
      }, [])}
    >
      <CommentCard row={row} />
      {notice !== undefined && <Gone key={notice} message={notice} />}
    </Thread>
  );
}
