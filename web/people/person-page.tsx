import { useQuery } from '@apollo/client/react';
import { useRef } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type PersonPageQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Portrait } from '../layout/portrait.tsx';
import { Day } from '../layout/time.tsx';
import { useMore } from '../layout/use-more.ts';
import { written } from '../layout/written.ts';
import { commentHash, paths } from '../paths.ts';
import { useViewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';

const PersonPageDocument = graphql(`
  query PersonPage($id: ID!, $after: Cursor) {
    node(id: $id) {
      id
      ... on CommentAuthor {
        name
        avatarUrl
        permalink
        sharesNameWithJournalist
        comments(first: 20, after: $after) {
          edges {
            cursor
            node {
              id
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
  }
`);

type Person = Extract<NonNullable<PersonPageQuery['node']>, { __typename?: 'CommentAuthor' }>;
type Connection = NonNullable<Person['comments']>;

/** Somebody who comments, with what they have written in public, if they have that listed. */
export default function PersonPage({ id }: { readonly id: string }) {
  const { data, error, fetchMore, refetch } = useQuery(PersonPageDocument, {
    variables: { id },
    // What is listed changes without any event.
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  const person = data?.node;
  if (person?.__typename !== 'CommentAuthor' || person.permalink === null) {
    if (error)
      return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
    return data ? <NotFound /> : <Loading />;
  }
  const { name, avatarUrl, sharesNameWithJournalist, comments } = person;
  return (
    <div className="page">
      <PageHead title={name} />
      <header className="journalist-head">
        <Portrait name={name} photoUrl={avatarUrl} size={112} />
        <div>
          <h1 {...written} tabIndex={-1}>
            {name}
          </h1>
          {sharesNameWithJournalist && <p className="hint">{texts.namesake}</p>}
        </div>
      </header>
      <section className="page-section" aria-labelledby="comments">
        <h2 id="comments">{texts.commentsOfPerson}</h2>
        {comments ? (
          <Comments comments={comments} loadMore={(after) => fetchMore({ variables: { after } })} />
        ) : (
          <Unlisted id={id} />
        )}
      </section>
    </div>
  );
}

function Unlisted({ id }: { readonly id: string }) {
  const viewer = useViewer();
  if (viewer?.commentAuthor.id !== id) return <p>{texts.unlistedComments}</p>;
  return (
    <p>
      {texts.ownUnlistedComments} <Link href={paths.account}>{texts.toOwnAccount}</Link>
    </p>
  );
}

function Comments({
  comments: { edges, pageInfo },
  loadMore,
}: {
  readonly comments: Connection;
  readonly loadMore: (after: string | null) => Promise<unknown>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const { more, ...state } = useMore(list, edges.length, () => loadMore(pageInfo.endCursor));
  if (edges.length === 0) return <p>{texts.noComments}</p>;
  return (
    <>
      <ul className="own-comments" ref={list}>
        {edges.map(({ node: { id, bodyHtml, createdAt, article } }) => (
          <li key={id} className="own-comment-item" data-key={id}>
            <h3 className="own-comment-of">
              <Link {...written} href={paths.article(article.slug) + commentHash(id)}>
                {article.title}
              </Link>
            </h3>
            <p className="facts">
              <Day time={createdAt} />
            </p>
            {/* The service has sanitised the HTML. */}
            {bodyHtml !== null && (
              <div className="comment-body" lang="" dangerouslySetInnerHTML={{ __html: bodyHtml }} />
            )}
          </li>
        ))}
      </ul>
      {pageInfo.hasNextPage && <MoreButton label={texts.moreOwnComments} onMore={more} {...state} />}
    </>
  );
}
