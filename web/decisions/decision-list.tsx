import { useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { type OwnDecisionsQuery } from '../graphql/generated/graphql.ts';
import { MoreButton } from '../layout/more-button.tsx';
import { Day } from '../layout/time.tsx';
import { useReread } from '../notifications/use-reread.ts';
import { useMore } from '../layout/use-more.ts';
import { paths } from '../paths.ts';
import { DecisionNotice } from './decision-notice.tsx';
import { OwnDecisions } from './documents.ts';
import { decisionTexts as words } from './texts.ts';
import { isTarget } from '../layout/reading-place.ts';

/** Decisions of a page, as the query says. */
const pageSize = 10;

type Connection = NonNullable<NonNullable<OwnDecisionsQuery['viewer']>['decisions']>;

/**
 * All that moderators have decided about the reader: among them decisions about comments that are gone, and those that an appeal has
 * undone.
 */
export function DecisionList() {
  const { data, fetchMore, refetch } = useQuery(OwnDecisions, {
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  const decisions = data?.viewer?.decisions;
  const hasFirstPageOnly = decisions != null && decisions.edges.length <= pageSize;
  // One may have been undone meanwhile. What was loaded beyond the first page would be lost.
  useReread(
    useCallback(() => {
      if (hasFirstPageOnly) refetch().catch(() => undefined);
    }, [hasFirstPageOnly, refetch]),
  );
  // A missing list is no reason to hide the comments: the next visit asks again.
  if (!decisions || decisions.edges.length === 0) return null;
  return <Decisions decisions={decisions} loadMore={(after) => fetchMore({ variables: { after } })} />;
}

function Decisions({
  decisions: { edges, pageInfo },
  loadMore,
}: {
  readonly decisions: Connection;
  readonly loadMore: (after: string | null) => Promise<unknown>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const { more, ...state } = useMore(list, edges.length, () => loadMore(pageInfo.endCursor));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The browser looked for the target before it existed.
    if (isTarget('#decisions')) heading.current?.scrollIntoView();
  }, []);
  return (
    <section className="page-section" aria-labelledby="decisions">
      <h2 id="decisions" ref={heading}>
        {words.decisionList}
      </h2>
      <ul className="own-comments" ref={list}>
        {edges.map(({ node }) => (
          <li key={node.decisionId} className="own-comment-item" data-key={node.decisionId} tabIndex={-1}>
            <h3 className="own-comment-of">
              {node.article ? (
                <Link href={paths.article(node.article.slug)}>{words.commentUnder(node.article.title)}</Link>
              ) : (
                words.ownAccount
              )}
            </h3>
            <p className="facts">
              <span>
                <Day time={node.decidedAt} />
              </span>
            </p>
            {node.bodyHtml !== null && (
              <details>
                <summary>{words.decidedText}</summary>
                {/* The service has sanitised the HTML. */}
                <div className="comment-body" lang="" dangerouslySetInnerHTML={{ __html: node.bodyHtml }} />
              </details>
            )}
            <DecisionNotice from={node} />
          </li>
        ))}
      </ul>
      {pageInfo.hasNextPage && <MoreButton label={words.moreDecisions} onMore={more} {...state} />}
    </section>
  );
}
