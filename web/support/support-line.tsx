import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { formatDay, formatMoney, formatTimeLeft } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type SupportLineFragment } from '../graphql/generated/graphql.ts';
import { useNow } from '../layout/use-now.ts';
import { texts } from '../texts.ts';
import { QuietPlace } from './quiet-place.tsx';
import { presentGoal } from './support-meter.tsx';
import { SupportMeter } from './support-meter.tsx';
import { type SupportedCampaign } from './campaign.ts';

const SupportLineDocument = graphql(`
  fragment SupportLine on Article {
    id
    campaign {
      id
      ...CampaignTerms @unmask
      ...CampaignFigures @unmask
    }
  }
`);

/** The article's campaign in one line, which leads to its box. */
export function SupportLine({ from }: { readonly from: FragmentType<SupportLineFragment> }) {
  const { data, complete } = useFragment({
    fragment: SupportLineDocument,
    fragmentName: 'SupportLine',
    from,
  });
  const campaign = complete ? data.campaign : null;
  const isThere = campaign !== null && campaign.status !== 'DRAFT';
  return (
    <QuietPlace isThere={isThere} hasNotice={false}>
      {isThere && <Line campaign={campaign} />}
    </QuietPlace>
  );
}

function Line({ campaign }: { readonly campaign: SupportedCampaign }) {
  const { status, pledged, milestones, deadline, testMode } = campaign;
  const goal = presentGoal(milestones)?.goal ?? pledged;
  const now = useNow();
  return (
    <a className="support-line" href="#support">
      <SupportMeter campaign={campaign} />
      <span className="support-line-text">
        <strong>{texts.pledgedOf(formatMoney(pledged), formatMoney(goal))}</strong>
        {' · '}
        {status === 'LIVE' || status === 'DRAFT'
          ? (formatTimeLeft(deadline, now) ?? texts.until(formatDay(deadline)))
          : texts.campaignStatuses[status]}
      </span>
      {testMode && <span className="support-line-text">{texts.testMode}</span>}
    </a>
  );
}
