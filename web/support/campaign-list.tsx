import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { type RefObject } from 'react';
import { Link } from 'wouter';
import { formatMoney, formatTimeLeft } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type CampaignItemFragment } from '../graphql/generated/graphql.ts';
import { useNow } from '../layout/use-now.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { presentGoal } from './support-meter.tsx';

const CampaignItemDocument = graphql(`
  fragment CampaignItem on Campaign {
    id
    status
    testMode
    deadline
    pledged {
      minorUnits
      currency
    }
    milestones {
      position
      status
      goal {
        minorUnits
        currency
      }
    }
    article {
      id
      slug
      title
    }
  }
`);

interface Props {
  readonly campaigns: readonly ({ readonly id: string } & FragmentType<CampaignItemFragment>)[];
  readonly listRef?: RefObject<HTMLUListElement | null>;
}

/** Campaigns with how far they are, each leading to its article. */
export function CampaignList({ campaigns, listRef }: Props) {
  return (
    <ul className="campaign-list" ref={listRef}>
      {campaigns.map((campaign) => (
        <CampaignItem key={campaign.id} from={campaign} />
      ))}
    </ul>
  );
}

function CampaignItem({ from }: { readonly from: FragmentType<CampaignItemFragment> }) {
  const { data, complete } = useFragment({ fragment: CampaignItemDocument, from });
  const now = useNow();
  if (!complete) return null;
  const { status, testMode, deadline, pledged, milestones, article } = data;
  const goal = presentGoal(milestones)?.goal ?? pledged;
  const isRunning = status === 'LIVE' || status === 'DRAFT';
  return (
    <li data-key={data.id}>
      <Link {...written} href={paths.article(article.slug)}>
        {article.title}
      </Link>
      <p className="facts">
        <span>{texts.pledgedOf(formatMoney(pledged), formatMoney(goal))}</span>
        <span>
          {isRunning
            ? (formatTimeLeft(deadline, now) ?? texts.campaignStatuses.ENDED)
            : texts.campaignStatuses[status]}
        </span>
        {testMode && <span>{texts.testMode}</span>}
      </p>
    </li>
  );
}
