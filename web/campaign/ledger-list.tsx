import { useApolloClient } from '@apollo/client/react';
import { useCallback } from 'react';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Day } from '../layout/time.tsx';
import { formatBookedMoney } from '../format.ts';
import { CampaignLedger } from './documents.ts';
import { campaignTexts } from './texts.ts';
import { usePages } from './use-pages.ts';

interface Props {
  readonly campaignId: string;
  /** Changes whenever money may have moved. */
  readonly version: string;
}

/** The ledger of a campaign, the newest transaction first. */
export function LedgerList({ campaignId: id, version }: Props) {
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
  const { items, hasMore, isLoading, trouble, more, reload } = usePages(load, version);
  if (items === undefined)
    return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />;
  if (items.length === 0) return <p className="hint">{campaignTexts.noLedger}</p>;
  return (
    <>
      <ul className="campaign-list">
        {items.map(({ sequence, kind, occurredAt, currency, entries }) => (
          <li key={sequence}>
            <p className="campaign-row">
              <span>
                {sequence}. {campaignTexts.ledgerKinds[kind]}
              </span>
              <Day time={occurredAt} />
            </p>
            {entries.map(({ account, pseudonym, minorUnits }, at) => (
              <p key={at} className="campaign-row campaign-entry">
                <span>
                  {campaignTexts.ledgerAccounts[account]} {pseudonym}
                </span>
                <span>{formatBookedMoney({ minorUnits, currency })}</span>
              </p>
            ))}
          </li>
        ))}
      </ul>
      {hasMore && (
        <MoreButton label={campaignTexts.moreLedger} isLoading={isLoading} trouble={trouble} onMore={more} />
      )}
    </>
  );
}
