import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { formatTime } from '../format.ts';
import { formatMoney } from '../money.ts';
import { campaignTexts } from './texts.ts';

/** The campaign as readers will see it under its article. They do not see a draft that a milestone unlocks. */
export function CampaignPreview({ campaign }: { readonly campaign: ManagedCampaignFragment }) {
  const { pledged, milestones, backerCount, deadline } = campaign;
  const next = milestones.find(({ goal }) => BigInt(goal.minorUnits) > BigInt(pledged.minorUnits));
  const goal = (next ?? milestones.at(-1))?.goal ?? pledged;
  return (
    <div className="campaign-preview">
      <p className="campaign-total">{campaignTexts.of(formatMoney(pledged), formatMoney(goal))}</p>
      <p className="facts">
        <span>{campaignTexts.backers(backerCount)}</span>
        <span>
          {campaignTexts.until} {formatTime(deadline)}
        </span>
      </p>
      <ol className="campaign-milestones">
        {milestones.map(({ position, title, description, goal: amount }) => (
          <li key={position}>
            <p className="campaign-row">
              <strong>{title}</strong> <span>{formatMoney(amount)}</span>
            </p>
            <p className="campaign-text">{description}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}
