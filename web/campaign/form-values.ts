import {
  type CreateCampaignInput,
  type ManagedCampaignFragment,
  type MilestoneInput,
} from '../graphql/generated/graphql.ts';
import { type Fault } from '../layout/use-faults.ts';
import { parseAmount } from '../amount.ts';
import { isCurrencyCode, majorUnits } from '../currency.ts';
import { hasTexts } from '../storage.ts';
import { texts } from '../texts.ts';
import { campaignTexts } from './texts.ts';

export interface MilestoneValues {
  readonly title: string;
  readonly description: string;
  /** In major units, as typed. */
  readonly goal: string;
  /** Empty: it unlocks nothing. */
  readonly unlockedArticleId: string;
}

/** The values of the form's controls. */
export interface CampaignValues {
  readonly currency: string;
  /** A day, such as `2026-03-01`; empty: none is chosen. */
  readonly deadline: string;
  readonly milestones: readonly MilestoneValues[];
}

/** Most milestones of a campaign. */
export const maxMilestones = 5;

/** Days from today of the last day that can be the deadline: its end is at most 90 days from now. */
const maxDays = 89;

export const emptyMilestone: MilestoneValues = {
  title: '',
  description: '',
  goal: '',
  unlockedArticleId: '',
};

export const emptyValues: CampaignValues = { currency: 'EUR', deadline: '', milestones: [emptyMilestone] };

/** Whether a stored value is a form's values. */
export function areCampaignValues(value: unknown): value is CampaignValues {
  if (!hasTexts(value, ['currency', 'deadline'])) return false;
  const { milestones } = value as { milestones?: unknown };
  const names = Object.keys(emptyMilestone) as (keyof MilestoneValues)[];
  return (
    Array.isArray(milestones) &&
    milestones.length > 0 &&
    milestones.every((milestone) => hasTexts(milestone, names))
  );
}

/** The day of a moment in the reader's time zone, as a date field has it. */
function dayOf(moment: Date): string {
  const [month, day] = [moment.getMonth() + 1, moment.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${String(moment.getFullYear()).padStart(4, '0')}-${month}-${day}`;
}

/** The first and the last day that can be chosen as the deadline. */
export function deadlineBounds(): { readonly min: string; readonly max: string } {
  const [first, last] = [new Date(), new Date()];
  last.setDate(last.getDate() + maxDays);
  return { min: dayOf(first), max: dayOf(last) };
}

/** The end of a day in the reader's time zone; undefined for a text that is no day. */
function endOf(day: string): string | undefined {
  const end = new Date(`${day}T23:59:59`);
  return day === '' || Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

export const currencyOf = ({ currency }: CampaignValues): string => currency.trim().toUpperCase();

export function valuesOf(campaign: ManagedCampaignFragment): CampaignValues {
  return {
    currency: campaign.currency,
    deadline: dayOf(new Date(campaign.deadline)),
    milestones: campaign.milestones.map(({ title, description, goal, unlockedArticle }) => ({
      title,
      description,
      goal: majorUnits(goal),
      unlockedArticleId: unlockedArticle?.id ?? '',
    })),
  };
}

/**
 * The form's values as an input.
 * @param campaign the saved draft; null: there is none yet
 * @param currencies the codes in which campaigns can be; undefined: not known
 * @returns the faults that only the form can find, where the service would refuse the whole request, and with them all
 * empty fields, so that nobody has to mend a form in two rounds
 */
export function inputOf(
  values: CampaignValues,
  campaign: ManagedCampaignFragment | null,
  currencies?: ReadonlySet<string>,
): { readonly input: Omit<CreateCampaignInput, 'articleId'> } | { readonly faults: readonly Fault[] } {
  const currency = currencyOf(values);
  const faults: Fault[] = [];
  // The time of a deadline that was not chosen here is kept.
  const deadline =
    campaign && dayOf(new Date(campaign.deadline)) === values.deadline
      ? campaign.deadline
      : endOf(values.deadline);
  if (deadline === undefined) faults.push({ field: ['deadline'], message: campaignTexts.noDeadline });
  const isKnown = isCurrencyCode(currency) && currencies?.has(currency) !== false;
  if (!isKnown) {
    const message = isCurrencyCode(currency) ? campaignTexts.noSuchCurrency : campaignTexts.currencyHint;
    faults.push({ field: ['currency'], message });
  }
  const milestones = values.milestones.map((milestone, at): MilestoneInput => {
    for (const part of ['title', 'description'] as const)
      if (milestone[part].trim() === '')
        faults.push({ field: [`milestones.${at}.${part}`], message: texts.emptyField });
    const goal = parseAmount(milestone.goal, currency);
    // How an amount is read depends on the currency.
    if ('fault' in goal && (isKnown || goal.fault === 'empty'))
      faults.push({ field: [`milestones.${at}.goal`], message: texts.amountFaults[goal.fault] });
    return {
      title: milestone.title,
      description: milestone.description,
      goal: String('fault' in goal ? 0n : goal.minorUnits),
      unlockedArticleId: milestone.unlockedArticleId || null,
    };
  });
  return faults.length > 0 ? { faults } : { input: { currency, deadline: deadline ?? '', milestones } };
}
