import { useApolloClient } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { focusAtOnce } from '../layout/focus.ts';
import { useFaults } from '../layout/use-faults.ts';
import { formatBookedMoney } from '../format.ts';
import { parseAmount } from '../amount.ts';
import { written } from '../layout/written.ts';
import { PayOut } from './documents.ts';
import { keyOf, settle } from './sent.ts';
import { texts } from '../texts.ts';
import { campaignTexts } from './texts.ts';
import { type Outcome, useAction } from './use-action.ts';

/** The campaign's latest payouts. */
const payoutsOf = ({ viewerManagement }: ManagedCampaignFragment) => viewerManagement?.payouts?.edges ?? [];

interface Props {
  readonly campaign: ManagedCampaignFragment;
  /** Reads the campaign anew. */
  readonly onReload: () => Promise<unknown>;
}

/** Pays money of a campaign out, after a confirmation. */
export function PayOutForm({ campaign, onReload }: Props) {
  const { id: campaignId, currency } = campaign;
  const client = useApolloClient();
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(form, ['amount', 'destination']);
  const { run, isBusy, trouble } = useAction();
  const [typed, setTyped] = useState('');
  const [destination, setDestination] = useState('');
  // The payout that the editor is asked to confirm.
  const [asked, setAsked] = useState<{ readonly amount: string; readonly destination: string }>();
  // The payout that was confirmed last, by its cursor: what is said of it follows it.
  const [madeAt, setMadeAt] = useState<string>();
  const made = payoutsOf(campaign).find(({ cursor }) => cursor === madeAt)?.node;
  const sentName = `standfirst.payout-sent.${campaignId}`;
  const focusForm = () => setTimeout(() => form.current?.querySelector<HTMLElement>('input')?.focus());

  async function payOut(input: NonNullable<typeof asked>): Promise<Outcome> {
    const idempotencyKey = keyOf(sentName, input);
    const { data } = await client
      .mutate({ mutation: PayOut, variables: { input: { campaignId, ...input, idempotencyKey } } })
      .catch(async (error: unknown) => {
        // The list of payouts tells whether it has arrived.
        await onReload().catch(() => undefined);
        throw error;
      });
    settle(sentName);
    setAsked(undefined);
    if (!data?.payOut.campaign) {
      faults.set(data?.payOut.userErrors ?? []);
      return {};
    }
    const isSame = ({ node: { amount, destination: to } }: ReturnType<typeof payoutsOf>[number]) =>
      amount.minorUnits === input.amount && to === input.destination;
    const before = new Set(payoutsOf(campaign).map(({ cursor }) => cursor));
    const same = payoutsOf(data.payOut.campaign).filter(isSame);
    // One whose first answer was lost is in the list already.
    setMadeAt((same.find(({ cursor }) => !before.has(cursor)) ?? same[0])?.cursor);
    setTyped('');
    focusForm();
    await onReload();
    return {};
  }

  return (
    <form
      className="form"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isBusy) return;
        const amount = parseAmount(typed, currency);
        if ('fault' in amount) faults.set([{ field: ['amount'], message: texts.amountFaults[amount.fault] }]);
        else {
          faults.set([]);
          setMadeAt(undefined);
          setAsked({ amount: String(amount.minorUnits), destination: destination.trim() });
        }
      }}
    >
      <div className="campaign-terms">
        <Field label={campaignTexts.amount} error={faults.at('amount')}>
          {(control) => (
            <input
              {...written}
              {...control}
              className="amount-input"
              inputMode="decimal"
              autoComplete="off"
              readOnly={asked !== undefined}
              value={typed}
              onChange={({ target }) => {
                setTyped(target.value);
                faults.forget(['amount']);
              }}
            />
          )}
        </Field>
        <Field
          label={campaignTexts.destination}
          hint={campaignTexts.destinationHint}
          error={faults.at('destination')}
        >
          {(control) => (
            <input
              {...written}
              {...control}
              autoComplete="off"
              spellCheck={false}
              readOnly={asked !== undefined}
              value={destination}
              onChange={({ target }) => {
                setDestination(target.value);
                faults.forget(['destination']);
              }}
            />
          )}
        </Field>
      </div>
      {asked === undefined ? (
        <div className="form-foot">
          <button type="submit">{campaignTexts.payOutReview}</button>
        </div>
      ) : (
        <div className="question" role="group" aria-labelledby="pay-out-question">
          <p id="pay-out-question">
            {campaignTexts.payOutQuestion(
              formatBookedMoney({ minorUnits: asked.amount, currency }),
              asked.destination,
            )}
          </p>
          <div className="form-foot">
            <button
              type="button"
              className="button-primary"
              aria-disabled={isBusy}
              onClick={() => run(() => payOut(asked))}
            >
              {campaignTexts.payOut}
            </button>
            <button
              type="button"
              ref={focusAtOnce}
              onClick={() => {
                setAsked(undefined);
                focusForm();
              }}
            >
              {campaignTexts.payOutKeep}
            </button>
          </div>
        </div>
      )}
      <p role="status" className="hint">
        {made && campaignTexts.payoutNotices[made.status](formatBookedMoney(made.amount), made.destination)}
      </p>
      <div role="alert" className="field-error">
        {trouble !== undefined && <p>{trouble}</p>}
        {faults.general.map((message) => (
          <p key={message}>{message}</p>
        ))}
      </div>
    </form>
  );
}
