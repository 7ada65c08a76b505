import { useApolloClient, useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type MyPledgesQuery, type PledgeStatus } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Day } from '../layout/time.tsx';
import { useComeBack } from '../layout/use-come-back.ts';
import { useMore } from '../layout/use-more.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { OwnPledge } from '../support/own-pledge.tsx';
import { isWaiting, openPauses, useWaiting } from '../support/use-waiting.ts';
import { forgetLeaving, noteLeaving } from '../support/way-back.ts';
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

const NewestPledge = graphql(`
  query NewestPledge {
    viewer {
      id
      pledges(first: 1) {
        nodes {
          id
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

/** Most pledges that are read again at once: as many as `nodes` takes. */
const mostRead = 100;

/** States without a successor. */
const over: ReadonlySet<PledgeStatus> = new Set(['DROPPED', 'WITHDRAWN', 'RELEASED', 'REFUNDED', 'LOST']);

const stateOf = ({ id, status }: Pledge): string => `${id} ${status}`;

export default function MyPledgesPage() {
  return <SignedIn title={texts.myPledges}>{() => <MyPledges />}</SignedIn>;
}

function MyPledges() {
  const { data, error, fetchMore, refetch } = useQuery(MyPledgesDocument, {
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  const pledges = data?.viewer?.pledges;
  useNewest(pledges?.edges[0]?.node.id, refetch);
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

/**
 * Reads the list anew when the reader comes back to the page, if a pledge was made meanwhile, in another tab for example.
 * @param newest the id of the newest pledge in the list; undefined: the list is empty, or was not read yet
 */
function useNewest(newest: string | undefined, readAnew: () => Promise<unknown>): void {
  const apollo = useApolloClient();
  useComeBack(
    useCallback(() => {
      const look = async () => {
        const { data } = await apollo.query({ query: NewestPledge, fetchPolicy: 'no-cache' });
        const [found] = data?.viewer?.pledges?.nodes ?? [];
        if (found && found.id !== newest) await readAnew();
      };
      // What is listed stays if that fails.
      void look().catch(() => undefined);
    }, [apollo, newest, readAnew]),
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

/**
 * Reads pledges that are not over again: when the reader comes back to the page, and from time to time, more often while
 * one waits for the provider. This page has no live events.
 * @returns a function that reads them now
 */
function useReading(pledges: readonly Pledge[]): () => void {
  const apollo = useApolloClient();
  const open = pledges.filter(({ status }) => !over.has(status));
  const waiting = open.filter(isWaiting);
  const ids = [...new Set([...waiting, ...open])]
    .slice(0, mostRead)
    .map(({ id }) => id)
    .join();
  const readAgain = useCallback(() => {
    if (ids === '') return;
    const variables = { ids: ids.split(',') };
    void apollo.query({ query: PledgesNow, variables, fetchPolicy: 'network-only' }).catch(() => undefined);
  }, [apollo, ids]);
  useComeBack(
    useCallback(() => {
      forgetLeaving();
      readAgain();
    }, [readAgain]),
  );
  useEffect(forgetLeaving, []);
  useWaiting(waiting.map(stateOf).join(), readAgain);
  useWaiting(open.map(stateOf).join(), readAgain, openPauses);
  return readAgain;
}

function PledgeItem({ pledge, onRefused }: { readonly pledge: Pledge; readonly onRefused: () => void }) {
  const { createdAt, testMode, campaign, milestone } = pledge;
  return (
    <li className="own-comment-item" data-key={pledge.id}>
      <h2 className="own-comment-of">
        {campaign ? (
          <Link {...written} href={`${paths.article(campaign.article.slug)}#support`}>
            {campaign.article.title}
          </Link>
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
      <OwnPledge
        pledge={pledge}
        onRefused={onRefused}
        onLeave={() => campaign && noteLeaving(campaign.article.slug)}
      />
    </li>
  );
}
