import { type ApolloClient } from '@apollo/client';
import { useApolloClient, useFragment } from '@apollo/client/react';
import { useCallback, useEffect, useRef } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { type OwnPledgeFragment } from '../graphql/generated/graphql.ts';
import { onCampaignEvent } from '../graphql/campaign-news.ts';

const OwnPledgeDocument = graphql(`
  fragment OwnPledge on Campaign {
    id
    viewerCanPledge
    viewerPledge {
      id
      status
      failureCode
      setupUrl
      isNamed
      amount {
        minorUnits
        currency
      }
    }
  }
`);

const OwnPledgeQuery = graphql(`
  query OwnPledgeToArticle($slug: String!) {
    article(slug: $slug) {
      id
      campaign {
        id
        ...OwnPledge
      }
    }
  }
`);

export type OwnPledge = NonNullable<OwnPledgeFragment['viewerPledge']>;

/** The article whose own pledge was loaded before the page was rendered. */
let prepared: string | undefined;

/** Reads the reader's own pledge. It is the only part of a campaign that differs from reader to reader. */
async function read(apollo: ApolloClient, slug: string): Promise<void> {
  await apollo.query({ query: OwnPledgeQuery, variables: { slug }, fetchPolicy: 'network-only' });
}

/** As `read`, before the page is rendered. */
export async function prepareOwnPledge(apollo: ApolloClient, slug: string): Promise<void> {
  // The page reads it again if that fails.
  await read(apollo, slug).then(
    () => (prepared = slug),
    () => undefined,
  );
}

/** States that change without an event of the log. */
const isWaiting = ({ status, setupUrl }: OwnPledge): boolean =>
  status === 'SETUP' || status === 'DUE' || (status === 'ACTION_REQUIRED' && setupUrl !== null);

/**
 * Pauses before the pledge is read, in milliseconds: the first and the longest between two readings while it waits for the
 * provider, the one after an event, and the shortest between two readings because of events.
 */
const pauses = { first: 1_500, longest: 20_000, event: 200, events: 2_000 };

/** Whether an event may have changed the own pledge, or whether one can be made. */
function isConcern(kind: string, status: OwnPledge['status'] | undefined): boolean {
  switch (kind) {
    // Other people's: there may be many. The own one is looked for while it waits.
    case 'PledgeAdded':
      return false;
    // Of all pledges, in other tabs as well.
    case 'PledgeChanged':
    case 'PledgeWithdrawn':
      return status === 'ACTIVE';
    case 'CollectionProgressed':
      return (
        status === 'DUE' || status === 'ACTION_REQUIRED' || status === 'COLLECTED' || status === 'DISPUTED'
      );
    default:
      return true;
  }
}

/**
 * The reader's own pledge in its present state, and a function that reads it again. Events of the campaign are the same
 * for all readers: one that may concern the own pledge makes the page read it.
 */
export function useOwnPledge(
  slug: string,
  campaignId: string,
): { readonly own: OwnPledgeFragment | undefined; readonly readAgain: () => void } {
  const apollo = useApolloClient();
  const { data, complete } = useFragment({
    fragment: OwnPledgeDocument,
    fragmentName: 'OwnPledge',
    from: { __typename: 'Campaign', id: campaignId },
  });
  const own = complete ? data : undefined;
  const pledge = own?.viewerPledge ?? undefined;
  const readAgain = useCallback(() => void read(apollo, slug).catch(() => undefined), [apollo, slug]);

  useEffect(() => {
    if (prepared !== slug) readAgain();
    prepared = undefined;
    // Back from the provider's page, the browser may show the page as it was left.
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && readAgain();
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [slug, readAgain]);

  const status = pledge?.status;
  const reading = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readAt = useRef(-Infinity);
  useEffect(
    () =>
      onCampaignEvent((kind) => {
        if (!isConcern(kind, status)) return;
        // The events of one collection follow closely: one reading is for several of them.
        const pause = Math.max(pauses.event, readAt.current + pauses.events - performance.now());
        reading.current ??= setTimeout(() => {
          reading.current = undefined;
          readAt.current = performance.now();
          readAgain();
        }, pause);
      }),
    [status, readAgain],
  );
  useEffect(() => () => clearTimeout(reading.current), []);

  const waiting = pledge !== undefined && isWaiting(pledge);
  useEffect(() => {
    if (!waiting) return;
    let pause = pauses.first;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      timer = setTimeout(() => {
        if (!document.hidden) readAgain();
        next();
      }, pause);
      pause = Math.min(pause * 1.5, pauses.longest);
    };
    next();
    return () => clearTimeout(timer);
  }, [waiting, status, readAgain]);

  return { own, readAgain };
}
