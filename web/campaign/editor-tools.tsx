import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { Day } from '../layout/time.tsx';
import { formatBookedMoney } from '../format.ts';
import { type OnDone, SuspendControl } from './lead-controls.tsx';
import { PayOutForm } from './pay-out-form.tsx';
import { PledgeList } from './pledge-list.tsx';
import { campaignTexts } from './texts.ts';

interface Props {
  readonly campaign: ManagedCampaignFragment;
  /** Changes whenever a pledge may have changed. */
  readonly version: string;
  /** Reads the campaign anew. */
  readonly onReload: () => Promise<unknown>;
  readonly onDone: OnDone;
}

/** What only editors do: suspend and resume a campaign, pay out, and give pledges back. */
export function EditorTools({ campaign, version, onReload, onDone }: Props) {
  const { status, viewerManagement } = campaign;
  if (!viewerManagement) return null;
  const payouts = viewerManagement.payouts?.edges ?? [];
  return (
    <section className="campaign-block campaign-editors" aria-labelledby="campaign-editors">
      <h2 id="campaign-editors">{campaignTexts.editors}</h2>
      {/* What was refused was refused in the state before. */}
      <SuspendControl key={status} campaign={campaign} onDone={onDone} />
      <h3>{campaignTexts.payOut}</h3>
      <p>{campaignTexts.available(formatBookedMoney(viewerManagement.available))}</p>
      {status === 'SUSPENDED' ? (
        <p className="hint">{campaignTexts.noPayoutSuspended}</p>
      ) : (
        <PayOutForm campaign={campaign} onReload={onReload} />
      )}
      <h3>{campaignTexts.payouts}</h3>
      {payouts.length === 0 ? (
        <p className="hint">{campaignTexts.noPayouts}</p>
      ) : (
        <ul className="campaign-list">
          {payouts.map(({ cursor, node: { status: state, amount, destination, failureCode, createdAt } }) => (
            <li key={cursor}>
              <p className="campaign-row">
                <strong>{formatBookedMoney(amount)}</strong>
                <span>{campaignTexts.payoutStatuses[state]}</span>
              </p>
              <p className="facts">
                <span>{campaignTexts.payoutTo(destination)}</span>
                <Day time={createdAt} />
              </p>
              {failureCode !== null && <p className="hint">{campaignTexts.reason(failureCode)}</p>}
            </li>
          ))}
        </ul>
      )}
      <h3>{campaignTexts.allPledges}</h3>
      <PledgeList campaign={campaign} version={version} onReload={onReload} />
    </section>
  );
}
