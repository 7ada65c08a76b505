import { useApolloClient } from '@apollo/client/react';
import { useRef } from 'react';
import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { type Fault, useFaults } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { CreateCampaign, UpdateCampaign } from './documents.ts';
import { currencyOf, deadlineBounds, inputOf, maxMilestones } from './form-values.ts';
import { type OnDone } from './lead-controls.tsx';
import { MilestoneFields } from './milestone-fields.tsx';
import { keyOf, settle } from './sent.ts';
import { campaignTexts } from './texts.ts';
import { type Outcome, refusalOf, useAction } from './use-action.ts';
import { type useCampaignDraft } from './use-campaign-draft.ts';
import { useCurrencies } from './use-currencies.ts';
import { useDrafts } from './use-drafts.ts';

const fieldNames = [
  'currency',
  'deadline',
  'milestones',
  ...Array.from({ length: maxMilestones }, (_, at) => `milestones.${at}`),
];

interface Props {
  readonly articleId: string;
  /** The saved draft; null: there is none yet. */
  readonly campaign: ManagedCampaignFragment | null;
  readonly draft: ReturnType<typeof useCampaignDraft>;
  /** Reads the article's campaign anew. */
  readonly onReload: () => Promise<unknown>;
  readonly onDone: OnDone;
}

/** Makes the draft of a campaign, and changes it. */
export function CampaignForm({ articleId, campaign, draft, onReload, onDone }: Props) {
  const client = useApolloClient();
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(form, fieldNames);
  const { isBusy, notice, trouble, run } = useAction();
  const { drafts, hasMore } = useDrafts(articleId, campaign);
  const currencies = useCurrencies();
  const { values } = draft;
  const sentName = `standfirst.campaign-sent.${articleId}`;

  async function save(): Promise<Outcome> {
    faults.set([]);
    const read = inputOf(values, campaign, currencies);
    if ('faults' in read) {
      return refuse(read.faults);
    }
    const { input } = read;
    if (campaign) {
      const { data } = await client.mutate({
        mutation: UpdateCampaign,
        variables: { input: { campaignId: campaign.id, ...input } },
      });
      const saved = data?.updateCampaign;
      if (!saved?.campaign) return refuse(saved?.userErrors ?? []);
      draft.startFrom(saved.campaign);
      return { notice: campaignTexts.saved };
    }
    const idempotencyKey = keyOf(sentName, input);
    const { data } = await client.mutate({
      mutation: CreateCampaign,
      variables: { input: { articleId, ...input, idempotencyKey } },
    });
    settle(sentName);
    const made = data?.createCampaign;
    if (!made?.campaign) {
      // Made before in another tab, or by an attempt whose answer was lost: the page goes on from what there is.
      if (made?.userErrors.some(({ code }) => code === 'CAMPAIGN_EXISTS')) {
        await onReload();
        return refusalOf(made.userErrors);
      }
      return refuse(made?.userErrors ?? []);
    }
    draft.startFrom(made.campaign);
    await onReload();
    onDone(campaignTexts.made, 'DRAFT');
    return {};
  }

  const refuse = (userErrors: readonly Fault[]): Outcome => {
    faults.set(userErrors);
    return {};
  };

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
      {draft.isRestored && (
        <div className="notice">
          <p role="status">{campaignTexts.restored}</p>
          <button
            type="button"
            onClick={() => {
              draft.startFrom(campaign);
              faults.set([]);
              form.current?.querySelector('input')?.focus();
            }}
          >
            {texts.draftDiscard}
          </button>
        </div>
      )}
      <div className="campaign-terms">
        <Field label={campaignTexts.currency} hint={campaignTexts.currencyHint} error={faults.at('currency')}>
          {(control) => (
            <input
              {...written}
              {...control}
              className="currency-input"
              list="campaign-currencies"
              maxLength={3}
              autoCapitalize="characters"
              autoComplete="off"
              spellCheck={false}
              value={values.currency}
              onChange={({ target }) => {
                draft.change({ currency: target.value });
                faults.forget(['currency', ...values.milestones.map((_, at) => `milestones.${at}.goal`)]);
              }}
            />
          )}
        </Field>
        <datalist id="campaign-currencies">
          {['EUR', 'USD', 'GBP', 'CHF', 'PLN', 'SEK', 'JPY'].map((code) => (
            <option key={code} value={code} />
          ))}
        </datalist>
        <Field label={campaignTexts.deadline} hint={campaignTexts.deadlineHint} error={faults.at('deadline')}>
          {(control) => (
            <input
              {...control}
              {...deadlineBounds()}
              className="date-input"
              type="date"
              value={values.deadline}
              onChange={({ target }) => {
                draft.change({ deadline: target.value });
                faults.forget(['deadline']);
              }}
            />
          )}
        </Field>
      </div>
      <section className="campaign-block" aria-labelledby="campaign-milestones">
        <h2 id="campaign-milestones">{campaignTexts.milestones}</h2>
        <p className="hint">{campaignTexts.milestonesHint}</p>
        {hasMore && <p className="hint">{campaignTexts.moreDrafts}</p>}
        <MilestoneFields
          value={values.milestones}
          currency={currencyOf(values)}
          isCurrencyKnown={currencies?.has(currencyOf(values)) === true}
          drafts={drafts}
          errorAt={faults.at}
          onChange={(milestones, path) => {
            draft.change({ milestones });
            faults.forget([path]);
          }}
        />
      </section>
      <div className="form-foot">
        <button type="submit" className="button-primary" aria-disabled={isBusy}>
          {campaign ? campaignTexts.saveDraft : campaignTexts.make}
        </button>
        <p role="status" className="hint">
          {isBusy ? texts.saving : draft.isDirty ? '' : notice}
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
