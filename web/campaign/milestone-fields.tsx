import { useRef } from 'react';
import { Field } from '../layout/field.tsx';
import { parseAmount } from '../amount.ts';
import { formatBookedMoney } from '../format.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { emptyMilestone, maxMilestones, type MilestoneValues } from './form-values.ts';
import { campaignTexts } from './texts.ts';

/** A draft that a milestone can unlock. */
export interface Draft {
  readonly id: string;
  readonly title: string;
}

interface Props {
  readonly value: readonly MilestoneValues[];
  readonly currency: string;
  /** Whether campaigns can be in the currency: how an amount is read depends on it. */
  readonly isCurrencyKnown: boolean;
  readonly drafts: readonly Draft[];
  /** Once the campaign was launched, only the texts can be changed. */
  readonly isLaunched?: boolean;
  /** Message about a part of the value, by its path inside `input`. */
  readonly errorAt: (field: string) => string | undefined;
  /** @param path of what has changed, inside `input` */
  readonly onChange: (value: readonly MilestoneValues[], path: string) => void;
}

/** The milestones of a campaign: rows that can be added and removed. */
export function MilestoneFields({
  value,
  currency,
  isCurrencyKnown,
  drafts,
  isLaunched = false,
  errorAt,
  onChange,
}: Props) {
  const box = useRef<HTMLDivElement>(null);
  const focusSoon = (selector: string) =>
    setTimeout(() => [...(box.current?.querySelectorAll<HTMLElement>(selector) ?? [])].at(-1)?.focus());
  return (
    <div className="milestone-fields" ref={box}>
      {value.map((milestone, at) => {
        const path = (part: keyof MilestoneValues) => `milestones.${at}.${part}`;
        const change = (part: keyof MilestoneValues, text: string) =>
          onChange(
            value.map((each, index) => (index === at ? { ...each, [part]: text } : each)),
            path(part),
          );
        const read = parseAmount(milestone.goal, currency);
        const isRead = 'minorUnits' in read && isCurrencyKnown;
        return (
          <fieldset key={at} className="milestone-field">
            <legend>{campaignTexts.milestone(at + 1)}</legend>
            <Field label={campaignTexts.milestoneTitle} error={errorAt(path('title'))}>
              {(control) => (
                <input
                  {...written}
                  {...control}
                  value={milestone.title}
                  onChange={({ target }) => change('title', target.value)}
                />
              )}
            </Field>
            <Field label={campaignTexts.milestoneDescription} error={errorAt(path('description'))}>
              {(control) => (
                <textarea
                  {...written}
                  {...control}
                  rows={3}
                  value={milestone.description}
                  onChange={({ target }) => change('description', target.value)}
                />
              )}
            </Field>
            {!isLaunched && (
              <>
                <Field
                  label={campaignTexts.goal}
                  hint={
                    isRead
                      ? campaignTexts.goalRead(
                          formatBookedMoney({ minorUnits: String(read.minorUnits), currency }),
                        )
                      : campaignTexts.goalHint(isCurrencyKnown ? currency : undefined)
                  }
                  error={errorAt(path('goal'))}
                >
                  {(control) => (
                    <input
                      {...written}
                      {...control}
                      className="amount-input"
                      inputMode="decimal"
                      autoComplete="off"
                      value={milestone.goal}
                      onChange={({ target }) => change('goal', target.value)}
                    />
                  )}
                </Field>
                <Field label={campaignTexts.unlocks} error={errorAt(path('unlockedArticleId'))}>
                  {(control) => (
                    <select
                      {...control}
                      value={milestone.unlockedArticleId}
                      onChange={({ target }) => change('unlockedArticleId', target.value)}
                    >
                      <option value="">{campaignTexts.unlocksNothing}</option>
                      {drafts.map(({ id, title }) => (
                        <option {...written} key={id} value={id}>
                          {title}
                        </option>
                      ))}
                    </select>
                  )}
                </Field>
                {value.length > 1 && (
                  <button
                    type="button"
                    aria-label={campaignTexts.removeMilestone(at + 1)}
                    onClick={() => {
                      onChange(
                        value.filter((_, index) => index !== at),
                        'milestones',
                      );
                      focusSoon('.milestone-field .field:first-of-type input');
                    }}
                  >
                    {texts.remove}
                  </button>
                )}
              </>
            )}
          </fieldset>
        );
      })}
      {!isLaunched && value.length < maxMilestones && (
        <button
          type="button"
          onClick={() => {
            onChange([...value, emptyMilestone], 'milestones');
            focusSoon('.milestone-field:last-of-type .field:first-of-type input');
          }}
        >
          {campaignTexts.addMilestone}
        </button>
      )}
    </div>
  );
}
