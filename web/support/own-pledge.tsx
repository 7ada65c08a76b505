import { useApolloClient } from '@apollo/client/react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { formatMoney, formatTime } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type OwnPledgeFragment } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { focusAtOnce } from '../layout/focus.ts';
import { type Fault } from '../layout/use-faults.ts';
import { useNow } from '../layout/use-now.ts';
import { texts } from '../texts.ts';
import { RetryPledge, WithdrawPledge } from './pledge-mutations.ts';

graphql(`
  fragment OwnPledge on Pledge {
    id
    status
    failureCode
    repairableUntil
    setupUrl
    isNamed
    amount {
      minorUnits
      currency
    }
    milestone {
      position
      title
    }
  }
`);

/** An answer of a mutation. */
interface Answer {
  readonly pledge: { readonly setupUrl: string | null } | null;
  readonly userErrors: readonly Fault[];
}

/** Makes a failed request one that was refused, with a message for people. */
export const orFault = (error: unknown): Answer => ({
  pledge: null,
  userErrors: [{ field: null, message: messageOf(error) ?? texts.notSentYet }],
});

/** Goes to the provider's page, which leads back to this one. */
export function goOn(setupUrl: string | null): void {
  if (setupUrl !== null) location.assign(setupUrl);
}

interface Props {
  readonly pledge: OwnPledgeFragment;
  /** Called when something was refused: the pledge may have changed. */
  readonly onRefused: () => void;
  /** Called before the page is left for the provider's. */
  readonly onLeave?: () => void;
  /** Shown in place of the buttons. */
  readonly form?: ReactNode;
  /** Further buttons. */
  readonly children?: ReactNode;
}

/** A pledge of the reader in plain words, with what can be done about it. */
export function OwnPledge({ pledge, onRefused, onLeave, form, children }: Props) {
  const apollo = useApolloClient();
  const { id: pledgeId, status } = pledge;
  const isWithdrawable = status === 'ACTIVE' || status === 'SETUP';
  const wordsId = useId();
  const words = useRef<HTMLParagraphElement>(null);
  // The pressed button disappears: the text that says what the state is takes the focus. If nothing was done, the button
  // that began it does.
  const [acts, setActs] = useState(0);
  const isKept = useRef(false);
  const withdrawal = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (acts === 0) return;
    const place = (isKept.current ? withdrawal.current : null) ?? words.current;
    isKept.current = false;
    place?.focus({ preventScroll: true });
  }, [acts]);
  const [isWithdrawing, setWithdrawing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();

  const end = () => {
    setActs((count) => count + 1);
    setWithdrawing(false);
  };

  /** Runs what a button does, once at a time. */
  async function run(send: () => Promise<Answer | undefined>): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    const answer = await send().catch(orFault);
    setBusy(false);
    setTrouble(answer?.userErrors[0]?.message);
    if (answer?.pledge || isWithdrawing) end();
    if (!answer?.pledge) return onRefused();
    if (answer.pledge.setupUrl !== null) onLeave?.();
    goOn(answer.pledge.setupUrl);
  }

  const variables = { input: { pledgeId } };
  const withdraw = () =>
    run(async () => (await apollo.mutate({ mutation: WithdrawPledge, variables })).data?.withdrawPledge);
  const retry = () =>
    run(async () => (await apollo.mutate({ mutation: RetryPledge, variables })).data?.retryPledge);

  return (
    <div className="own-pledge-item">
      <div role="status">
        <p id={wordsId} className={`own-pledge is-${status.toLowerCase()}`} ref={words} tabIndex={-1}>
          <Words pledge={pledge} />
        </p>
      </div>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      {form ??
        (isWithdrawing && isWithdrawable ? (
          <div role="group" className="form-foot" aria-label={texts.reallyWithdraw}>
            <span>{texts.reallyWithdraw}</span>
            <button type="button" ref={focusAtOnce} aria-disabled={isBusy} onClick={() => void withdraw()}>
              {texts.pledgeWithdraw}
            </button>
            <button
              type="button"
              onClick={() => {
                isKept.current = true;
                end();
              }}
            >
              {texts.keepPledge}
            </button>
          </div>
        ) : (
          <div className="form-foot">
            {(status === 'SETUP' || status === 'ACTION_REQUIRED') && (
              <SetUpButton
                pledge={pledge}
                describedBy={wordsId}
                isBusy={isBusy}
                onLeave={onLeave}
                onRetry={() => void retry()}
              />
            )}
            {children}
            {isWithdrawable && (
              <button
                type="button"
                ref={withdrawal}
                aria-describedby={wordsId}
                onClick={() => setWithdrawing(true)}
              >
                {texts.pledgeWithdraw}
              </button>
            )}
          </div>
        ))}
    </div>
  );
}

/** What has become of a pledge, and until when it can be repaired. */
function Words({ pledge }: Pick<Props, 'pledge'>) {
  const { status, amount, failureCode, repairableUntil, setupUrl } = pledge;
  const now = useNow();
  // The other means of payment may be saved already, and the service has not learned of it yet.
  const isRepairing = status === 'ACTION_REQUIRED' && setupUrl !== null;
  const say = isRepairing ? texts.pledgeRepairing : texts.ownPledges[status];
  return (
    <>
      {say(formatMoney(amount))}
      {status === 'ACTION_REQUIRED' && !isRepairing && failureCode !== null && (
        <> {texts.pledgeReason(failureCode)}</>
      )}
      {repairableUntil !== null && (
        <>
          {' '}
          {now < Date.parse(repairableUntil)
            ? texts.pledgeRepairBy(formatTime(repairableUntil))
            : texts.pledgeRepairNow}
        </>
      )}
    </>
  );
}

interface SetUpProps {
  readonly pledge: OwnPledgeFragment;
  readonly describedBy: string;
  readonly isBusy: boolean;
  readonly onLeave: (() => void) | undefined;
  readonly onRetry: () => void;
}

/** Leads to the provider's page; where there is none, the service asks for one first. */
function SetUpButton({ pledge, describedBy, isBusy, onLeave, onRetry }: SetUpProps) {
  const { status, setupUrl } = pledge;
  const label = status === 'SETUP' ? texts.pledgeContinue : texts.pledgeRetry;
  if (setupUrl !== null)
    return (
      <a className="button button-primary" href={setupUrl} aria-describedby={describedBy} onClick={onLeave}>
        {label}
      </a>
    );
  return (
    <button
      type="button"
      className="button-primary"
      aria-describedby={describedBy}
      aria-disabled={isBusy}
      onClick={onRetry}
    >
      {label}
    </button>
  );
}
