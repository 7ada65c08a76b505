import { type ApolloClient } from '@apollo/client';
import { useApolloClient, useFragment } from '@apollo/client/react';
import { useCallback, useEffect, useRef } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { type OwnPledgesFragment, type PledgeStatus } from '../graphql/generated/graphql.ts';
import { onCampaignEvent } from '../graphql/campaign-news.ts';
import { isWaiting, useReturn, useWaiting } from './use-waiting.ts';

const OwnPledgesDocument = graphql(`
  fragment OwnPledges on Campaign {
    id
    viewerCanPledge
    viewerPledges {
      ...OwnPledge @unmask
    }
  }
`);

const OwnPledgesQuery = graphql(`
  query OwnPledgesToArticle($slug: String!) {
    article(slug: $slug) {
      id
      campaign {
        id
        ...OwnPledges
      }
    }
  }
`);

/** The article whose own pledges were loaded before the page was rendered. */
let prepared: string | undefined;

/** Reads the reader's own pledges. They are the only part of a campaign that differs from reader to reader. */
async function read(apollo: ApolloClient, slug: string): Promise<void> {
  await apollo.query({ query: OwnPledgesQuery, variables: { slug }, fetchPolicy: 'network-only' });
}

/** As `read`, before the page is rendered. */
export async function prepareOwnPledges(apollo: ApolloClient, slug: string): Promise<void> {
  // The page reads it again if that fails.
  await read(apollo, slug).then(
    () => (prepared = slug),
    () => undefined,
  );
}

/**
 * Pauses before the pledges are read because of events, in milliseconds: the one after an event, and the shortest between two
 * readings.
 */
const pauses = { event: 200, events: 2_000 };

const collecting: ReadonlySet<PledgeStatus> = new Set(['DUE', 'ACTION_REQUIRED', 'COLLECTED', 'DISPUTED']);

/** Whether an event may have changed the own pledges, or whether one can be made. */
function isConcern(kind: string, statuses: readonly PledgeStatus[]): boolean {
  switch (kind) {
    // Other people's: there may be many. The own one is looked for while it waits.
    case 'PledgeAdded':
      return false;
    // Of all pledges, in other tabs as well.
    case 'PledgeChanged':
    case 'PledgeWithdrawn':
      return statuses.includes('ACTIVE');
    case 'CollectionProgressed':
      return statuses.some((status) => collecting.has(status));
    default:
      return true;
  }
}

/**
 * The reader's own pledges to a campaign in their present states, and a function that reads them again. Events of the campaign
 * are the same for all readers: one that may concern an own pledge makes the page read them.
 */
export function useOwnPledges(
  slug: string,
  campaignId: string,
): { readonly own: OwnPledgesFragment | undefined; readonly readAgain: () => void } {
  const apollo = useApolloClient();
  const { data, complete } = useFragment({
    fragment: OwnPledgesDocument,
    fragmentName: 'OwnPledges',
    from: { __typename: 'Campaign', id: campaignId },
  });
  const own = complete ? data : undefined;
  const readAgain = useCallback(() => void read(apollo, slug).catch(() => undefined), [apollo, slug]);

  useEffect(() => {
    if (prepared !== slug) readAgain();
    prepared = undefined;
  }, [slug, readAgain]);
  useReturn(readAgain);

  const pledges = own?.viewerPledges ?? [];
  const states = useRef<readonly PledgeStatus[]>([]);
  useEffect(() => {
    states.current = pledges.map(({ status }) => status);
  });
  const reading = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readAt = useRef(-Infinity);
  useEffect(
    () =>
      onCampaignEvent((kind) => {
        if (!isConcern(kind, states.current)) return;
        // The events of one collection follow closely: one reading is for several of them.
        const pause = Math.max(pauses.event, readAt.current + pauses.events - performance.now());
        reading.current ??= setTimeout(() => {
          reading.current = undefined;
          readAt.current = performance.now();
          readAgain();
        }, pause);
      }),
    [readAgain],
  );
  useEffect(() => () => clearTimeout(reading.current), []);

  const waiting = pledges.filter(isWaiting).map(({ id, status }) => `${id} ${status}`);
  useWaiting(waiting.join(), readAgain);

  return { own, readAgain };
}
