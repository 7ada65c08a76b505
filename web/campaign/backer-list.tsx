import { useApolloClient } from '@apollo/client/react';
import { useCallback } from 'react';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Day } from '../layout/time.tsx';
import { usePages } from '../layout/use-pages.ts';
import { formatBookedMoney } from '../format.ts';
import { CampaignBackers } from './documents.ts';
import { texts } from '../texts.ts';
import { campaignTexts } from './texts.ts';

interface Props {
  readonly campaignId: string;
  /** Changes whenever the list may have changed. */
  readonly version: string;
}

/** The backers who wish to be named, the newest first. */
export function BackerList({ campaignId: id, version }: Props) {
  const client = useApolloClient();
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: CampaignBackers,
        variables: { id, first, after },
        fetchPolicy: 'no-cache',
      });
      const backers = data?.node?.__typename === 'Campaign' ? data.node.backers : undefined;
      return (
        backers && {
          items: backers.edges,
          next: backers.pageInfo.hasNextPage ? backers.pageInfo.endCursor : null,
        }
      );
    },
    [client, id],
  );
  const { items, hasMore, isLoading, trouble, more, reload } = usePages(load, version);
  if (items === undefined)
    return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />;
  if (items.length === 0) return <p className="hint">{campaignTexts.noNamed}</p>;
  return (
    <>
      <ul className="campaign-list">
        {items.map(({ cursor, node: { name, sharesNameWithJournalist, since, amount } }) => (
          <li key={cursor} data-key={cursor}>
            <p className="campaign-row">
              <span>
                <bdi lang="">{name}</bdi>
              </span>
              <span>{formatBookedMoney(amount)}</span>
            </p>
            <p className="facts">
              <Day time={since} />
              {sharesNameWithJournalist && <span>{texts.namesake}</span>}
            </p>
          </li>
        ))}
      </ul>
      {hasMore && (
        <MoreButton label={campaignTexts.moreNamed} isLoading={isLoading} trouble={trouble} onMore={more} />
      )}
    </>
  );
}
