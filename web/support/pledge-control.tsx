import { useApolloClient } from '@apollo/client/react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { WhyNot } from '../account/why-not.tsx';
import { majorUnits } from '../currency.ts';
import { type OwnPledgeFragment, type PledgeStatus } from '../graphql/generated/graphql.ts';
import { type Fault } from '../layout/use-faults.ts';
import { paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { useDraft } from '../thread/use-draft.ts';
import { goOn, orFault, OwnPledge } from './own-pledge.tsx';
import { PledgeForm, type PledgeTerms } from './pledge-form.tsx';
import { forgetKey, keyOf } from './pledge-key.ts';
import { ChangePledge, MakePledge } from './pledge-mutations.ts';
import { type SupportedCampaign } from './campaign.ts';
import { useOwnPledges } from './use-own-pledges.ts';

export { prepareOwnPledges as prepare } from './use-own-pledges.ts';

interface Props {
  readonly slug: string;
  readonly campaign: SupportedCampaign;
  /** Whether the campaign takes pledges now. */
  readonly isOpen: boolean;
}

/** What the reader is doing. */
type Doing = 'nothing' | 'pledging' | 'changing';

/** The places of pledges that need something of their backer; all others stand below, newest first. */
const places: Partial<Record<PledgeStatus, number>> = { ACTION_REQUIRED: 0, SETUP: 1 };
const placeOf = ({ status }: OwnPledgeFragment): number => places[status] ?? 2;

/** The reader's own pledges, with what can be done about them. */
export default function PledgeControl({ slug, campaign, isOpen }: Props) {
  const apollo = useApolloClient();
  const reader = useReader();
  const { own, readAgain } = useOwnPledges(slug, campaign.id);
  const [doing, setDoing] = useState<Doing>('nothing');
  // A form that was closed leaves the focus to what came of it, or to the button that opened it.
  const [next, setNext] = useState<{ readonly selectors: readonly string[] }>();
  const present = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!next) return;
    const place = present.current;
    const found = next.selectors.map((selector) => place?.querySelector<HTMLElement>(selector));
    (found.find((each) => each) ?? place)?.focus({ preventScroll: true });
  }, [next]);
  useLayoutEffect(() => {
    // What follows stays in its place when fewer buttons fit a later state.
    const { current } = present;
    if (current && doing === 'nothing') current.style.minHeight = `${current.offsetHeight}px`;
  });
  const name = `${reader.viewerId ?? ''}.${campaign.id}`;
  const [draft, setDraft] = useDraft([reader.viewerId, campaign.id, 'pledge']);
  const [changed, setChanged] = useState('');
  const [changedId, setChangedId] = useState<string>();
  if (!own) return null;
  const pledges = [...(own.viewerPledges ?? [])].sort((one, other) => placeOf(one) - placeOf(other));
  const currency = campaign.pledged.currency;

  const end = (...selectors: string[]) => {
    setNext({ selectors });
    setDoing('nothing');
  };
  const changedWords = `[data-pledge="${changedId}"] .own-pledge`;
  const endPledging = () => end('.pledge-new button', '.own-pledge');
  const endChange = () => end(changedWords);
  const cancelChange = () => end('[data-begins="changing"]', changedWords);

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
      end('.own-pledge');
      goOn(answer.pledge.setupUrl);
      return [];
    } catch (error) {
      return orFault(error).userErrors;
    }
  }

  async function change(
    { amount, named }: PledgeTerms,
    { id }: OwnPledgeFragment,
  ): Promise<readonly Fault[]> {
    const variables = { input: { pledgeId: id, amount, named } };
    const { data } = await apollo
      .mutate({ mutation: ChangePledge, variables })
      .catch((error: unknown) => ({ data: { changePledge: orFault(error) } }));
    const { userErrors = [] } = data?.changePledge ?? {};
    if (userErrors.length === 0) endChange();
    return userErrors;
  }

  const canPledge = own.viewerCanPledge && isOpen;
  const active = pledges.find(({ status }) => status === 'ACTIVE') ?? null;
  const isUnfinished = pledges.some(({ status }) => status === 'SETUP');
  return (
    <div ref={present} className="pledge-present" tabIndex={-1}>
      {pledges.length > 0 && (
        <ul className="own-pledges">
          {pledges.map((pledge) => {
            const { id, amount, isNamed: named, milestone } = pledge;
            const isChangeable = pledge.status === 'ACTIVE';
            return (
              <li key={id} data-pledge={id}>
                {pledges.length > 1 && milestone && (
                  <p className="own-pledge-goal">{texts.pledgeGoal(milestone.title)}</p>
                )}
                <OwnPledge
                  pledge={pledge}
                  onRefused={readAgain}
                  form={
                    doing === 'changing' && id === changedId ? (
                      <PledgeForm
                        currency={currency}
                        testMode={campaign.testMode}
                        present={{ amount: amount.minorUnits, named }}
                        now={{ campaign, isOpen, pledge }}
                        typed={changed}
                        onType={setChanged}
                        onSend={(terms) => change(terms, pledge)}
                        onCancel={cancelChange}
                      />
                    ) : undefined
                  }
                >
                  {isChangeable && isOpen && (
                    <button
                      type="button"
                      data-begins="changing"
                      onClick={() => {
                        setChanged(majorUnits(amount));
                        setChangedId(id);
                        setDoing('changing');
                      }}
                    >
                      {texts.pledgeChange}
                    </button>
                  )}
                </OwnPledge>
              </li>
            );
          })}
        </ul>
      )}
      {doing === 'pledging' ? (
        <PledgeForm
          currency={currency}
          testMode={campaign.testMode}
          now={{ campaign, isOpen, pledge: active }}
          typed={draft}
          onType={setDraft}
          onSend={make}
          onCancel={endPledging}
        />
      ) : canPledge ? (
        <div className="form-foot pledge-new">
          <button
            type="button"
            className={isUnfinished ? undefined : 'button-primary'}
            onClick={() => setDoing('pledging')}
          >
            {isUnfinished ? texts.pledgeAnother : pledges.length > 0 ? texts.pledgeAgain : texts.pledge}
          </button>
        </div>
      ) : (
        isOpen && <WhyNot purpose="pledge" next={`${paths.article(slug)}#support`} />
      )}
    </div>
  );
}
