import { type ReactNode } from 'react';
import { type Money } from '../currency.ts';
import { formatDeadline, formatMoney } from '../format.ts';
import { type CampaignExtrasFragment } from '../graphql/generated/graphql.ts';
import { texts } from '../texts.ts';
import { type SupportedCampaign } from './campaign.ts';
import { Milestones } from './milestones.tsx';
import { MeterLegend, SupportMeter } from './support-meter.tsx';

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
  const { status, takesPledges, deadline, pledged, collected, paidOut, backerCount } = campaign;
  return (
    <>
      <SupportMeter campaign={campaign} />
      <MeterLegend />
      <dl className="support-figures">
        <Figure name={texts.pledged} value={formatMoney(pledged)} />
        <Figure name={texts.collected} value={formatMoney(collected)} />
        <Figure name={texts.paidOut} value={formatMoney(paidOut)} />
      </dl>
      {/* Two lines, in which nothing else moves when one of them grows. */}
      <p className="hint">
        {texts.pledgeCount(backerCount)}
        <br />
        {status === 'LIVE' || status === 'DRAFT'
          ? texts.deadline(formatDeadline(deadline))
          : texts.campaignStatuses[status]}
      </p>
      <Milestones
        milestones={campaign.milestones}
        unlocked={unlocked}
        isOpen={takesPledges && isBeforeDeadline}
      />
      {children}
      <p className="support-terms">
        {`${termsOf(campaign, isBeforeDeadline)} ${missingOf(campaign)}`.trim()}
      </p>
    </>
  );
}

/** When one pays, or why no pledge can be made or changed. @param isBeforeDeadline the deadline passes without an event */
export function termsOf({ status, takesPledges }: SupportedCampaign, isBeforeDeadline: boolean): string {
  if (status === 'DRAFT') return '';
  if (status !== 'LIVE') return texts.campaignTerms[status];
  if (!isBeforeDeadline) return texts.deadlinePassed;
  return takesPledges ? texts.campaignTerms.LIVE : texts.notTaken;
}

/** What of the money that is due has not been collected, or was given back; empty: nothing. */
export function missingOf({ status, pledged, collected, milestones }: SupportedCampaign): string {
  const isAllDue = status === 'SUCCEEDED';
  const due = isAllDue ? pledged : reachedGoal(milestones);
  const missing = BigInt(due?.minorUnits ?? 0) - BigInt(collected.minorUnits);
  if (missing <= 0n) return '';
  return texts.notCollected(formatMoney({ ...pledged, minorUnits: String(missing) }), isAllDue);
}

/**
 * The last goal that was reached. While pledges go to another one, or after they were let go, the pledges that are due
 * are at least as much: their exact total is not public.
 */
const reachedGoal = (milestones: SupportedCampaign['milestones']): Money | undefined =>
  milestones.findLast(({ status }) => status === 'REACHED' || status === 'FUNDED' || status === 'SHORT')
    ?.goal;

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
