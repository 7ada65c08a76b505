import { useApolloClient } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { useFaults } from '../layout/use-faults.ts';
import { texts } from '../texts.ts';
import { UpdateCampaign } from './documents.ts';
import { maxMilestones, valuesOf } from './form-values.ts';
import { MilestoneFields } from './milestone-fields.tsx';
import { campaignTexts } from './texts.ts';
import { type Outcome, useAction } from './use-action.ts';

const fieldNames = Array.from({ length: maxMilestones }, (_, at) => `milestones.${at}`);

interface Props {
  readonly campaign: ManagedCampaignFragment;
}

/** Mends the texts of a campaign that was launched; all else stays as it is. */
export function TextsForm({ campaign }: Props) {
  const client = useApolloClient();
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(form, fieldNames);
  const { isBusy, notice, trouble, run } = useAction();
  const [changed, setChanged] = useState<ReturnType<typeof valuesOf>['milestones']>();
  const values = changed ?? valuesOf(campaign).milestones;

  async function save(): Promise<Outcome> {
    const milestones = campaign.milestones.map(({ goal, unlockedArticle, ...saved }, at) => ({
      title: values[at]?.title ?? saved.title,
      description: values[at]?.description ?? saved.description,
      goal: goal.minorUnits,
      unlockedArticleId: unlockedArticle?.id ?? null,
    }));
    const { data } = await client.mutate({
      mutation: UpdateCampaign,
      variables: { input: { campaignId: campaign.id, milestones } },
    });
    faults.set(data?.updateCampaign.userErrors ?? []);
    if (!data?.updateCampaign.campaign) return {};
    setChanged(undefined);
    return { notice: campaignTexts.saved };
  }

  return (
    <form
      className="form"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        run(save);
      }}
    >
      <p className="hint">{campaignTexts.textsHint}</p>
      <MilestoneFields
        isLaunched
        value={values}
        currency={campaign.currency}
        isCurrencyKnown
        drafts={[]}
        errorAt={faults.at}
        onChange={(milestones, path) => {
          setChanged(milestones);
          faults.forget([path]);
        }}
      />
      <div className="form-foot">
        <button type="submit" aria-disabled={isBusy}>
          {campaignTexts.saveTexts}
        </button>
        <p role="status" className="hint">
          {isBusy ? texts.saving : changed === undefined ? notice : ''}
        </p>
      </div>
      <div role="alert" className="field-error">
        {trouble !== undefined && <p>{trouble}</p>}
        {faults.general.map((message) => (
          <p key={message}>{message}</p>
        ))}
        {faults.any && faults.general.length === 0 && <p>{texts.faultsAbove}</p>}
      </div>
    </form>
  );
}
