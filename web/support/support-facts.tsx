import { type ReactNode } from 'react';
import { formatDay, formatMoney } from '../format.ts';
import { type CampaignExtrasFragment } from '../graphql/generated/graphql.ts';
import { texts } from '../texts.ts';
import { type SupportedCampaign } from './campaign.ts';
import { Milestones } from './milestones.tsx';
import { SupportMeter } from './support-meter.tsx';

interface Props {
  readonly campaign: SupportedCampaign;
  /** The milestones with the articles that they have unlocked; undefined: not loaded yet. */
  readonly unlocked?: CampaignExtrasFragment['milestones'] | undefined;
  readonly isBeforeDeadline: boolean;
  /** What stands between the milestones and the terms. */
  readonly children?: ReactNode;
}

/** What everybody sees of a campaign: its figures, what the money is for, and when one pays. */
export function SupportFacts({ campaign, unlocked, isBeforeDeadline, children }: Props) {
  const { status, deadline, pledged, collected, paidOut, backerCount } = campaign;
  return (
    <>
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
      <Milestones milestones={campaign.milestones} unlocked={unlocked} />
      {children}
      <p className="support-terms">{termsOf(campaign, isBeforeDeadline)}</p>
    </>
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
