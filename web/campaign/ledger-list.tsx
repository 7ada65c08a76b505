import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Day } from '../layout/time.tsx';
import { formatBookedMoney } from '../format.ts';
import { useLedger } from '../ledger/use-ledger.ts';
import { campaignTexts } from './texts.ts';

interface Props {
  readonly campaignId: string;
  /** Changes whenever money may have moved. */
  readonly version: string;
}

/** The ledger of a campaign, the newest transaction first. */
export function LedgerList({ campaignId: id, version }: Props) {
  const { items, hasMore, isLoading, trouble, more, reload } = useLedger(id, version);
  if (items === undefined)
    return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />;
  if (items.length === 0) return <p className="hint">{campaignTexts.noLedger}</p>;
  return (
    <>
      <ul className="campaign-list">
        {items.map(({ sequence, kind, occurredAt, currency, entries }) => (
          <li key={sequence} data-key={sequence}>
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
