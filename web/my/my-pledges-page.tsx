import { useApolloClient, useQuery } from '@apollo/client/react';
import { useCallback, useRef } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type MyPledgesQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Day } from '../layout/time.tsx';
import { useMore } from '../layout/use-more.ts';
import { paths } from '../paths.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { OwnPledge } from '../support/own-pledge.tsx';
import { isWaiting, useReturn, useWaiting } from '../support/use-waiting.ts';
import { texts } from '../texts.ts';

const MyPledgesDocument = graphql(`
  query MyPledges($after: Cursor) {
    viewer {
      id
      pledges(first: 20, after: $after) {
        edges {
          cursor
          node {
            ...OwnPledge @unmask
            createdAt
            testMode
            campaign {
              id
              article {
                id
                slug
                title
              }
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

/** Present states of pledges that are listed already, on whichever page. */
const PledgesNow = graphql(`
  query PledgesNow($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on Pledge {
        ...OwnPledge
      }
    }
  }
`);

type Connection = NonNullable<NonNullable<MyPledgesQuery['viewer']>['pledges']>;
type Pledge = Connection['edges'][number]['node'];

/** Most pledges that are read again at once: those that wait are the newest ones. */
const mostRead = 20;

export default function MyPledgesPage() {
  return <SignedIn title={texts.myPledges}>{() => <MyPledges />}</SignedIn>;
}

function MyPledges() {
  const { data, error, fetchMore, refetch } = useQuery(MyPledgesDocument, {
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  const pledges = data?.viewer?.pledges;
  if (!pledges) {
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  return (
    <div className="page">
      <PageHead title={texts.myPledges} />
      <h1 tabIndex={-1}>{texts.myPledges}</h1>
      {pledges.edges.length === 0 ? (
        <p className="page-section">{texts.noOwnPledges}</p>
      ) : (
        <PledgeList pledges={pledges} loadMore={(after) => fetchMore({ variables: { after } })} />
      )}
    </div>
  );
}

function PledgeList({
  pledges: { edges, pageInfo },
  loadMore,
}: {
  readonly pledges: Connection;
  readonly loadMore: (after: string | null) => Promise<unknown>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const { more, ...state } = useMore(list, edges.length, () => loadMore(pageInfo.endCursor));
  const readAgain = useReading(edges.map(({ node }) => node));
  return (
    <>
      <ul className="own-comments" ref={list}>
        {edges.map(({ node }) => (
          <PledgeItem key={node.id} pledge={node} onRefused={readAgain} />
        ))}
      </ul>
      {pageInfo.hasNextPage && <MoreButton label={texts.moreOwnPledges} onMore={more} {...state} />}
    </>
  );
}

/** Reads pledges again while they wait for the provider. @returns a function that reads them now */
function useReading(pledges: readonly Pledge[]): () => void {
  const apollo = useApolloClient();
  // Not over: only these change by themselves, or are refused what the page offers.
  const open = pledges.filter(
    (pledge) => isWaiting(pledge) || pledge.status === 'ACTIVE' || pledge.status === 'ACTION_REQUIRED',
  );
  const ids = open
    .slice(0, mostRead)
    .map(({ id }) => id)
    .join();
  const waiting = open
    .filter(isWaiting)
    .map(({ id, status }) => `${id} ${status}`)
    .join();
  const readAgain = useCallback(() => {
    if (ids === '') return;
    const variables = { ids: ids.split(',') };
    void apollo.query({ query: PledgesNow, variables, fetchPolicy: 'network-only' }).catch(() => undefined);
  }, [apollo, ids]);
  useReturn(readAgain);
  useWaiting(waiting, readAgain);
  return readAgain;
}

function PledgeItem({ pledge, onRefused }: { readonly pledge: Pledge; readonly onRefused: () => void }) {
  const { createdAt, testMode, campaign, milestone } = pledge;
  return (
    <li className="own-comment-item">
      <h2 className="own-comment-of">
        {campaign ? (
          <Link href={`${paths.article(campaign.article.slug)}#support`}>{campaign.article.title}</Link>
        ) : (
          texts.articleNotPublic
        )}
      </h2>
      <p className="facts">
        <span>
          <Day time={createdAt} />
        </span>
        {milestone && <span>{texts.pledgeGoal(milestone.title)}</span>}
        {testMode && <strong>{texts.testMode}</strong>}
      </p>
      <OwnPledge pledge={pledge} onRefused={onRefused} />
    </li>
  );
}
