import { useApolloClient } from '@apollo/client/react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { majorUnits } from '../currency.ts';
import { formatMoney } from '../format.ts';
import { messageOf } from '../graphql/error-message.ts';
import { focusAtOnce } from '../layout/focus.ts';
import { type Fault } from '../layout/use-faults.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { useDraft } from '../thread/use-draft.ts';
import { PledgeForm, type PledgeTerms } from './pledge-form.tsx';
import { forgetKey, keyOf } from './pledge-key.ts';
import { ChangePledge, MakePledge, RetryPledge, WithdrawPledge } from './pledge-mutations.ts';
import { type SupportedCampaign } from './campaign.ts';
import { type OwnPledge, useOwnPledge } from './use-own-pledge.ts';

export { prepareOwnPledge as prepare } from './use-own-pledge.ts';

interface Props {
  readonly slug: string;
  readonly campaign: SupportedCampaign;
  /** Whether the campaign takes pledges now. */
  readonly isOpen: boolean;
}

/** What the reader is doing. */
type Doing = 'nothing' | 'pledging' | 'changing' | 'withdrawing';

/** An answer of a mutation. */
interface Answer {
  readonly pledge: { readonly status: string; readonly setupUrl: string | null } | null;
  readonly userErrors: readonly Fault[];
}

/** Makes a failed request one that was refused, with a message for people. */
const orFault = (error: unknown): Answer => ({
  pledge: null,
  userErrors: [{ field: null, message: messageOf(error) ?? texts.notSentYet }],
});

/** The reader's own pledge, with what can be done about it. */
export default function PledgeControl({ slug, campaign, isOpen }: Props) {
  const apollo = useApolloClient();
  const reader = useReader();
  const { own, readAgain } = useOwnPledge(slug, campaign.id);
  const [doing, setDoing] = useState<Doing>('nothing');
  // The pressed button disappears: the text that says what came of it takes the focus, or the button in its place.
  const [acts, setActs] = useState(0);
  const present = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (acts > 0)
      present.current?.querySelector<HTMLElement>('.own-pledge, button')?.focus({ preventScroll: true });
  }, [acts]);
  useLayoutEffect(() => {
    // What follows stays in its place when fewer buttons fit a later state.
    const { current } = present;
    if (current) current.style.minHeight = `${current.offsetHeight}px`;
  });
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const name = `${reader.viewerId ?? ''}.${campaign.id}`;
  const [draft, setDraft] = useDraft([reader.viewerId, campaign.id, 'pledge']);
  const [changed, setChanged] = useState('');
  if (!own) return null;
  const pledge = own.viewerPledge;
  const currency = campaign.pledged.currency;

  const end = () => {
    setActs((count) => count + 1);
    setDoing('nothing');
  };

  async function make({ amount, named }: PledgeTerms): Promise<readonly Fault[]> {
    const input = { campaignId: campaign.id, amount, named };
    const send = async () => {
      const variables = { input: { ...input, idempotencyKey: keyOf(name, input) } };
      return (await apollo.mutate({ mutation: MakePledge, variables })).data?.pledge;
    };
    try {
      let answer = await send();
      // An earlier answer was lost, and what came of that pledge is over by now: this is another one.
      if (answer?.pledge?.status === 'WITHDRAWN' || answer?.pledge?.status === 'RELEASED') {
        forgetKey(name);
        answer = await send();
      }
      if (!answer?.pledge) return answer?.userErrors ?? [];
      forgetKey(name);
      setDraft('');
      end();
      goOn(answer.pledge.setupUrl);
      return [];
    } catch (error) {
      return orFault(error).userErrors;
    }
  }

  async function change({ amount, named }: PledgeTerms, { id }: OwnPledge): Promise<readonly Fault[]> {
    const variables = { input: { pledgeId: id, amount, named } };
    const { data } = await apollo
      .mutate({ mutation: ChangePledge, variables })
      .catch((error: unknown) => ({ data: { changePledge: orFault(error) } }));
    const { userErrors = [] } = data?.changePledge ?? {};
    if (userErrors.length === 0) end();
    return userErrors;
  }

  /** Runs what a button does, once at a time. */
  async function run(send: () => Promise<Answer | undefined>): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    const answer = await send().catch(orFault);
    setBusy(false);
    setTrouble(answer?.userErrors[0]?.message);
    if (!answer?.pledge) return readAgain();
    end();
    goOn(answer.pledge.setupUrl);
  }

  const withdraw = ({ id: pledgeId }: OwnPledge) =>
    run(async () => {
      const variables = { input: { pledgeId } };
      return (await apollo.mutate({ mutation: WithdrawPledge, variables })).data?.withdrawPledge;
    });

  const retry = ({ id: pledgeId }: OwnPledge) =>
    run(async () => {
      const variables = { input: { pledgeId } };
      return (await apollo.mutate({ mutation: RetryPledge, variables })).data?.retryPledge;
    });

  if (doing === 'pledging')
    return (
      <PledgeForm
        currency={currency}
        testMode={campaign.testMode}
        typed={draft}
        onType={setDraft}
        onSend={make}
        onCancel={end}
      />
    );
  if (doing === 'changing' && pledge)
    return (
      <PledgeForm
        currency={currency}
        testMode={campaign.testMode}
        present={{ amount: pledge.amount.minorUnits, named: pledge.isNamed }}
        typed={changed}
        onType={setChanged}
        onSend={(terms) => change(terms, pledge)}
        onCancel={end}
      />
    );

  const canPledge = own.viewerCanPledge && isOpen;
  return (
    <div ref={present} className="pledge-present">
      <div role="status">
        {pledge && (
          <p className={`own-pledge is-${pledge.status.toLowerCase()}`} tabIndex={-1}>
            {texts.ownPledges[pledge.status](formatMoney(pledge.amount))}
            {pledge.status === 'ACTION_REQUIRED' && pledge.failureCode !== null && (
              <> {texts.pledgeReason(pledge.failureCode)}</>
            )}
          </p>
        )}
      </div>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      <div className="form-foot">
        {doing === 'withdrawing' && pledge ? (
          <span role="group" className="form-foot" aria-label={texts.reallyWithdraw}>
            <span>{texts.reallyWithdraw}</span>
            <button
              type="button"
              ref={focusAtOnce}
              aria-disabled={isBusy}
              onClick={() => void withdraw(pledge)}
            >
              {texts.pledgeWithdraw}
            </button>
            <button type="button" onClick={end}>
              {texts.keepPledge}
            </button>
          </span>
        ) : (
          <>
            {pledge && isToBeSetUp(pledge) && (
              <SetUpButton pledge={pledge} isBusy={isBusy} onRetry={() => void retry(pledge)} />
            )}
            {canPledge && (
              <button
                type="button"
                className={pledge?.status === 'SETUP' ? undefined : 'button-primary'}
                onClick={() => setDoing('pledging')}
              >
                {pledgeLabel(pledge)}
              </button>
            )}
            {pledge?.status === 'ACTIVE' && isOpen && (
              <button
                type="button"
                onClick={() => {
                  setChanged(majorUnits(pledge.amount));
                  setDoing('changing');
                }}
              >
                {texts.pledgeChange}
              </button>
            )}
            {(pledge?.status === 'ACTIVE' || pledge?.status === 'SETUP') && (
              <button type="button" onClick={() => setDoing('withdrawing')}>
                {texts.pledgeWithdraw}
              </button>
            )}
          </>
        )}
      </div>
    </div>
  );
}

/** Goes to the provider's page, which leads back to this one. */
function goOn(setupUrl: string | null): void {
  if (setupUrl !== null) location.assign(setupUrl);
}

const isToBeSetUp = ({ status }: OwnPledge): boolean => status === 'SETUP' || status === 'ACTION_REQUIRED';

function pledgeLabel(pledge: OwnPledge | null): string {
  if (!pledge) return texts.pledge;
  return pledge.status === 'SETUP' ? texts.pledgeAnother : texts.pledgeAgain;
}

interface SetUpProps {
  readonly pledge: OwnPledge;
  readonly isBusy: boolean;
  readonly onRetry: () => void;
}

/** Leads to the provider's page; where there is none, the service asks for one first. */
function SetUpButton({ pledge: { status, setupUrl }, isBusy, onRetry }: SetUpProps) {
  const label = status === 'SETUP' ? texts.pledgeContinue : texts.pledgeRetry;
  if (setupUrl !== null)
    return (
      <a className="button button-primary" href={setupUrl}>
        {label}
      </a>
    );
  return (
    <button type="button" className="button-primary" aria-disabled={isBusy} onClick={onRetry}>
      {label}
    </button>
  );
}
