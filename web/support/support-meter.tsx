import { formatMoney } from '../format.ts';
import { texts } from '../texts.ts';
import { thousandths } from '../amount.ts';
import { type SupportedCampaign } from './campaign.ts';

type Milestones = readonly Pick<SupportedCampaign['milestones'][number], 'status' | 'goal'>[];

/** The goal that pledges go to, or went to last. */
export const presentGoal = (milestones: Milestones): Milestones[number] | undefined =>
  milestones.find(({ status }) => status === 'OPEN' || status === 'MISSED') ?? milestones.at(-1);

interface Props {
  readonly campaign: Pick<SupportedCampaign, 'pledged' | 'collected'> & { readonly milestones: Milestones };
}

/** Pledged and collected on the way to the last goal, with a line at each goal before it. */
export function SupportMeter({ campaign: { pledged, collected, milestones } }: Props) {
  const goal = milestones.at(-1)?.goal ?? pledged;
  const ofGoal = (minorUnits: string) => thousandths(BigInt(minorUnits), BigInt(goal.minorUnits));
  return (
    <div
      className="support-meter"
      role="meter"
      aria-label={texts.meterLabel}
      aria-valuemin={0}
      aria-valuemax={1000}
      aria-valuenow={ofGoal(pledged.minorUnits)}
      aria-valuetext={texts.meterText(
        formatMoney(pledged),
        formatMoney(collected),
        milestones.map((milestone) => formatMoney(milestone.goal)).join(', '),
      )}
    >
      <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        <rect className="meter-pledged" width={ofGoal(pledged.minorUnits)} height="10" />
        <rect className="meter-collected" width={ofGoal(collected.minorUnits)} height="10" />
        {milestones.slice(0, -1).map((milestone, index) => (
          <rect
            key={index}
            className="meter-goal"
            x={ofGoal(milestone.goal.minorUnits)}
            width="3"
            height="10"
          />
        ))}
      </svg>
    </div>
  );
}

/** What the parts of the meter are, for the eye: the meter itself says it to screen readers, with the amounts. */
export const MeterLegend = () => (
  <p className="meter-legend" aria-hidden="true">
    <span className="is-collected">{texts.collected}</span>
    <span className="is-pledged">{texts.pledged}</span>
    <span className="is-goal">{texts.meterGoals}</span>
  </p>
);
