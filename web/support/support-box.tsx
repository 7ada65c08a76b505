import { useFragment } from '@apollo/client/react';
import { Link } from 'wouter';
import { useEffect, useState } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { useNow } from '../layout/use-now.ts';
import { paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { BackersLine } from './backers.tsx';
import { type SupportedCampaign } from './campaign.ts';
import { Ledger } from './ledger.tsx';
import { SupportFacts } from './support-facts.tsx';
import { useCampaignExtras } from './use-campaign-extras.ts';
import { isTarget } from '../layout/reading-place.ts';

/** Of the reader's own part of a campaign, which is loaded with the own pledges. */
const ViewerMayPledge = graphql(`
  fragment ViewerMayPledge on Campaign {
    id
    viewerCanPledge
  }
`);

// Only those who are signed in can pledge.
const pledgePart = partOf(() => import('./pledge-control.tsx'));

interface Props {
  readonly slug: string;
  readonly campaign: SupportedCampaign;
}

/** An article's campaign: how far it is, what the money is for, and the reader's own pledge. */
export default function SupportBox({ slug, campaign }: Props) {
  const reader = useReader();
  const now = useNow();
  const { status, takesPledges, testMode, deadline, backerCount } = campaign;
  const extras = useCampaignExtras(slug, campaign);
  const isBeforeDeadline = now < Date.parse(deadline);
  const isOpen = takesPledges && isBeforeDeadline;
  const own = useFragment({ fragment: ViewerMayPledge, from: { __typename: 'Campaign', id: campaign.id } });
  const canPledge = isOpen && (!reader.isSignedIn || (own.complete && own.data.viewerCanPledge));
  // A campaign that ends while it is on show keeps the height that it had.
  const [isSteady] = useState(status === 'LIVE');
  useEffect(() => {
    // The provider's page and the sign-in page lead here, before this place existed.
    if (isTarget('#support')) document.getElementById('support')?.scrollIntoView();
  }, []);
  return (
    <section className={isSteady ? 'support is-steady' : 'support'} aria-labelledby="support">
      {testMode && <p className="test-mode">{texts.testMode}</p>}
      <h2 id="support">{texts.support}</h2>
      <SupportFacts campaign={campaign} unlocked={extras?.milestones} isBeforeDeadline={isBeforeDeadline}>
        <BackersLine
          slug={slug}
          latest={extras?.backers?.nodes}
          backerCount={backerCount}
          canPledge={canPledge}
        />
      </SupportFacts>
      <div className="pledge-control">
        {reader.isSignedIn ? (
          <PartOfPage part={pledgePart} props={{ slug, campaign, isOpen }} fallback={null} />
        ) : (
          isOpen && (
            <p>
              <Link className="button button-primary" href={paths.signIn(`${paths.article(slug)}#support`)}>
                {texts.signInToPledge}
              </Link>
            </p>
          )
        )}
      </div>
      <Ledger slug={slug} campaignId={campaign.id} />
    </section>
  );
}
