import { useQuery } from '@apollo/client/react';
import { useCallback, useRef } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type MyCommentsQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Day } from '../layout/time.tsx';
import { written } from '../layout/written.ts';
import { useReread } from '../notifications/use-reread.ts';
import { useMore } from '../layout/use-more.ts';
import { commentHash, paths } from '../paths.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { texts } from '../texts.ts';
import { HeldText, Waiting } from '../decisions/comment-state.tsx';
import { DecisionList } from '../decisions/decision-list.tsx';
import { DecisionNotice } from '../decisions/decision-notice.tsx';
import { decisionTexts } from '../decisions/texts.ts';
import { TakenBackDocument, TakenBackList, takenBackPageSize } from './taken-back.tsx';

const MyCommentsDocument = graphql(`
  query MyComments($after: Cursor) {
    viewer {
      id
      comments(status: [PENDING, PUBLISHED, REJECTED, REMOVED], first: 20, after: $after) {
        edges {
          cursor
          node {
            id
            status
            bodyHtml
            createdAt
            viewerHold {
              phase
            }
            viewerHeldEdit {
              status
              revision
              bodyHtml
              viewerHold {
                phase
              }
            }
            viewerDecision {
              decisionId
              kind
              ...DecisionNotice
            }
            article {
              id
              slug
              title
            }
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

/** Comments of a page, as the query says. */
const pageSize = 20;

type Connection = NonNullable<NonNullable<MyCommentsQuery['viewer']>['comments']>;
type Comment = Connection['edges'][number]['node'];

export default function MyCommentsPage() {
  return <SignedIn title={texts.myComments}>{() => <MyComments />}</SignedIn>;
}

function MyComments() {
  // Requested again, because a moderator may have decided on a comment since.
  const { data, error, fetchMore, refetch } = useQuery(MyCommentsDocument, {
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  const comments = data?.viewer?.comments;
  const takenBackQuery = useQuery(TakenBackDocument, {
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  const takenBack = takenBackQuery.data?.viewer?.takenBackComments;
  const refetchTakenBack = takenBackQuery.refetch;
  const hasFirstPageOnly =
    comments != null &&
    comments.edges.length <= pageSize &&
    (takenBack?.edges.length ?? 0) <= takenBackPageSize;
  // A moderator may have decided meanwhile, or undone it. What was loaded beyond the first page would be lost.
  useReread(
    useCallback(() => {
      if (!hasFirstPageOnly) return;
      refetch().catch(() => undefined);
      refetchTakenBack().catch(() => undefined);
    }, [hasFirstPageOnly, refetch, refetchTakenBack]),
  );
  if (!comments) {
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  return (
    <div className="page">
      <PageHead title={texts.myComments} />
      <h1 tabIndex={-1}>{texts.myComments}</h1>
      {takenBack && takenBack.edges.length > 0 && (
        <>
          <TakenBackList
            comments={takenBack}
            loadMore={(after) => takenBackQuery.fetchMore({ variables: { after } })}
          />
          <h2>{decisionTexts.allComments}</h2>
        </>
      )}
      {comments.edges.length === 0 ? (
        <p className="page-section">{texts.noOwnComments}</p>
      ) : (
        <CommentList
          comments={comments}
          takenBack={new Set(takenBack?.edges.map(({ node }) => node.commentId))}
          loadMore={(after) => fetchMore({ variables: { after } })}
        />
      )}
      <DecisionList />
    </div>
  );
}

function CommentList({
  comments: { edges, pageInfo },
  takenBack,
  loadMore,
}: {
  readonly comments: Connection;
  /** Ids of comments whose tombstones are not for good. */
  readonly takenBack: ReadonlySet<string>;
  readonly loadMore: (after: string | null) => Promise<unknown>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const { more, ...state } = useMore(list, edges.length, () => loadMore(pageInfo.endCursor));
  return (
    <>
      <ul className="own-comments" ref={list}>
        {edges.map(({ node }) => (
          <OwnComment key={node.id} comment={node} isTakenBack={takenBack.has(node.id)} />
        ))}
      </ul>
      {pageInfo.hasNextPage && <MoreButton label={texts.moreOwnComments} onMore={more} {...state} />}
    </>
  );
}

/** The decisions against a comment, or its new text; an appeal against others is of no use. */
const isAgainst: ReadonlySet<string> = new Set(['REJECTED', 'REMOVED', 'REMOVED_SINCE', 'EDIT_REJECTED']);

function OwnComment({ comment, isTakenBack }: { readonly comment: Comment; readonly isTakenBack: boolean }) {
  const { id, status, bodyHtml, createdAt, viewerDecision, viewerHold, viewerHeldEdit, article } = comment;
  const decision = viewerDecision && isAgainst.has(viewerDecision.kind) ? viewerDecision : undefined;
  return (
    <li className="own-comment-item" data-key={id}>
      <h2 className="own-comment-of">
        <Link {...written} href={paths.article(article.slug) + commentHash(id)}>
          {article.title}
        </Link>
      </h2>
      <p className="facts">
        <span>
          <Day time={createdAt} />
        </span>
        <span className={`own-status is-${isTakenBack ? 'pending' : status.toLowerCase()}`}>
          {isTakenBack ? decisionTexts.takenBack : texts.commentStatuses[status]}
        </span>
      </p>
      {/* The service has sanitised the HTML. */}
      {bodyHtml !== null && (
        <div className="comment-body" lang="" dangerouslySetInnerHTML={{ __html: bodyHtml }} />
      )}
      {status === 'PENDING' && <Waiting phase={viewerHold?.phase} />}
      {viewerHeldEdit && <HeldText {...viewerHeldEdit} />}
      {decision && <DecisionNotice from={decision} />}
    </li>
  );
}
