import { useRef } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type TakenBackCommentsQuery } from '../graphql/generated/graphql.ts';
import { decisionTexts as words } from '../decisions/texts.ts';
import { MoreButton } from '../layout/more-button.tsx';
import { Day } from '../layout/time.tsx';
import { useMore } from '../layout/use-more.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';

export const TakenBackDocument = graphql(`
  query TakenBackComments($after: Cursor) {
    viewer {
      id
      takenBackComments(first: 10, after: $after) {
        edges {
          cursor
          node {
            commentId
            bodyHtml
            createdAt
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
export const takenBackPageSize = 10;

export type TakenBack = NonNullable<NonNullable<TakenBackCommentsQuery['viewer']>['takenBackComments']>;

/** The reader's comments that were public, and are hidden until a moderator has looked at them. */
export function TakenBackList({
  comments: { edges, pageInfo },
  loadMore,
}: {
  readonly comments: TakenBack;
  readonly loadMore: (after: string | null) => Promise<unknown>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const { more, ...state } = useMore(list, edges.length, () => loadMore(pageInfo.endCursor));
  return (
    <section className="page-section" aria-labelledby="taken-back">
      <h2 id="taken-back">{words.takenBackList}</h2>
      <p>{words.takenBackHint}</p>
      <ul className="own-comments" ref={list}>
        {edges.map(({ node: { commentId, bodyHtml, createdAt, article } }) => (
          <li key={commentId} className="own-comment-item" data-key={commentId} tabIndex={-1}>
            {article && (
              <h3 className="own-comment-of">
                <Link {...written} href={paths.article(article.slug)}>
                  {article.title}
                </Link>
              </h3>
            )}
            <p className="facts">
              <span>
                <Day time={createdAt} />
              </span>
            </p>
            {/* The service has sanitised the HTML. */}
            <div className="comment-body" lang="" dangerouslySetInnerHTML={{ __html: bodyHtml }} />
          </li>
        ))}
      </ul>
      {pageInfo.hasNextPage && <MoreButton label={words.moreTakenBack} onMore={more} {...state} />}
    </section>
  );
}
