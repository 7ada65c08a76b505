import { useApolloClient } from '@apollo/client/react';
import { useCallback } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { type CampaignLedgerQuery } from '../graphql/generated/graphql.ts';
import { type Pages, usePages } from '../layout/use-pages.ts';

/** Pages from the end of the ledger, which begins with its oldest transaction. */
const CampaignLedger = graphql(`
  query CampaignLedger($id: ID!, $last: Int, $before: Cursor) {
    node(id: $id) {
      ... on Campaign {
        id
        ledger(last: $last, before: $before) {
          edges {
            cursor
            node {
              sequence
              kind
              occurredAt
              currency
              corrects
              entries {
                account
                pseudonym
                minorUnits
              }
            }
          }
          pageInfo {
            startCursor
            hasPreviousPage
          }
        }
      }
    }
  }
`);

type Campaign = Extract<CampaignLedgerQuery['node'], { __typename?: 'Campaign' }>;

/** A transaction of a campaign's ledger. */
export type LedgerItem = NonNullable<Campaign['ledger']>['edges'][number]['node'];

/**
 * The ledger of a campaign page by page, the newest transaction first.
 * @param version changes whenever money may have moved
 */
export function useLedger(id: string, version: string): Pages<LedgerItem> {
  const client = useApolloClient();
  const load = useCallback(
    async (last: number, before: string | null) => {
      const { data } = await client.query({
        query: CampaignLedger,
        variables: { id, last, before },
        fetchPolicy: 'no-cache',
      });
      const ledger = data?.node?.__typename === 'Campaign' ? data.node.ledger : undefined;
      return (
        ledger && {
          items: ledger.edges.map(({ node }) => node).reverse(),
          next: ledger.pageInfo.hasPreviousPage ? ledger.pageInfo.startCursor : null,
        }
      );
    },
    [client, id],
  );
  return usePages(load, version);
}
