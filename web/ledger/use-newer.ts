import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import { onCampaignEvent } from '../graphql/campaign-news.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { useComeBack } from '../layout/use-come-back.ts';

const LedgerLength = graphql(`
  query LedgerLength($id: ID!) {
    node(id: $id) {
      ... on Campaign {
        id
        ledger(last: 1) {
          totalCount
        }
      }
    }
  }
`);

/** Wait after an event, in milliseconds: those of one collection follow closely. */
const pauseMs = 500;

/**
 * How many transactions a ledger has beyond those that are shown. It is looked up after events that may stand for one, and
 * when the reader comes back to the page.
 * @param newest the number of the newest one that is shown, 0 for none; undefined: nothing is shown yet
 */
export function useNewer(id: string, newest: number | undefined): number {
  const client = useApolloClient();
  const [length, setLength] = useState(0);
  const look = useCallback(() => {
    client.query({ query: LedgerLength, variables: { id }, fetchPolicy: 'no-cache' }).then(
      ({ data }) => {
        const found = data?.node?.__typename === 'Campaign' ? data.node.ledger?.totalCount : undefined;
        if (found !== undefined) setLength(found);
      },
      // The next event is a reason to look again.
      () => undefined,
    );
  }, [client, id]);
  useComeBack(look);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onCampaignEvent((kind) => {
      if (kind !== 'CollectionProgressed') return;
      timer ??= setTimeout(() => {
        timer = undefined;
        look();
      }, pauseMs);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [look]);
  // The ledger has no gaps: its last number is how many there are.
  return newest === undefined ? 0 : Math.max(0, length - newest);
}
