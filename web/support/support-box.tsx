import { Link } from 'wouter';
import { useEffect, useState } from 'react';
import { formatDay, formatMoney } from '../format.ts';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { useNow } from '../layout/use-now.ts';
import { paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { BackersLine } from './backers.tsx';
import { Milestones } from './milestones.tsx';
import { SupportMeter } from './support-meter.tsx';
import { type SupportedCampaign } from './campaign.ts';
import { useCampaignExtras } from './use-campaign-extras.ts';

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
  const { status, takesPledges, testMode, deadline, pledged, collected, paidOut, backerCount } = campaign;
  const extras = useCampaignExtras(slug, campaign);
  const isBeforeDeadline = now < Date.parse(deadline);
  const isOpen = takesPledges && isBeforeDeadline;
  // A campaign that ends while it is on show keeps the height that it had.
  const [isSteady] = useState(status === 'LIVE');
  useEffect(() => {
    // The provider's page and the sign-in page lead here, before this place existed.
    if (location.hash === '#support') document.getElementById('support')?.scrollIntoView();
  }, []);
  return (
    <section className={isSteady ? 'support is-steady' : 'support'} aria-labelledby="support">
      {testMode && <p className="test-mode">{texts.testMode}</p>}
      <h2 id="support">{texts.support}</h2>
      <SupportMeter campaign={campaign} />
      <dl className="support-figures">
        <Figure name={texts.pledged} value={formatMoney(pledged)} />
        <Figure name={texts.collected} value={formatMoney(collected)} />
        <Figure name={texts.paidOut} value={formatMoney(paidOut)} />
      </dl>
      {/* One text, in which nothing else moves when a part of it grows. */}
      <p className="hint">
        {`${texts.backers(backerCount)} · ${
          status === 'LIVE' || status === 'DRAFT'
            ? texts.until(formatDay(deadline))
            : texts.campaignStatuses[status]
        }`}
      </p>
      <Milestones milestones={campaign.milestones} unlocked={extras?.milestones} />
      <BackersLine slug={slug} latest={extras?.backers?.nodes} backerCount={backerCount} isOpen={isOpen} />
      <p className="support-terms">{termsOf(campaign, isBeforeDeadline)}</p>
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
    </section>
  );
}

function termsOf(campaign: SupportedCampaign, isBeforeDeadline: boolean): string {
  const { status, takesPledges, pledged, collected } = campaign;
  if (status === 'DRAFT') return '';
  if (status === 'SUCCEEDED') {
    // All pledges were due: what was not collected has failed, is under way, or has gone back.
    const missing = BigInt(pledged.minorUnits) - BigInt(collected.minorUnits);
    const words = texts.notCollected(formatMoney({ ...pledged, minorUnits: String(missing) }));
    return missing > 0n ? `${texts.campaignTerms.SUCCEEDED} ${words}` : texts.campaignTerms.SUCCEEDED;
  }
  if (status !== 'LIVE') return texts.campaignTerms[status];
  if (!isBeforeDeadline) return texts.deadlinePassed;
  return takesPledges ? texts.campaignTerms.LIVE : texts.notTaken;
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
