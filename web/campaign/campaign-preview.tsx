import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { SupportFacts } from '../support/support-facts.tsx';

/** The campaign as readers will see it under its article. They do not see a draft that a milestone unlocks. */
export function CampaignPreview({ campaign }: { readonly campaign: ManagedCampaignFragment }) {
  const milestones = campaign.milestones.map((milestone, index) => ({
    ...milestone,
    status: index === 0 ? ('OPEN' as const) : milestone.status,
  }));
  return (
    <div className="support">
      <SupportFacts
        campaign={{ ...campaign, status: 'LIVE', takesPledges: true, milestones }}
        isBeforeDeadline
      />
    </div>
  );
}
