import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { type OwnSessionsFragment } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Age, Day } from '../layout/time.tsx';
import { type Fault } from '../layout/use-faults.ts';
import { texts } from '../texts.ts';
import { EndOtherSessions, EndSession } from './documents.ts';
import { Notice } from './notice.tsx';
import { programName } from './program-name.ts';
import { Section } from './section.tsx';
import { accountTexts } from './texts.ts';

/** Where the account is signed in. */
export function Sessions({ sessions }: Pick<OwnSessionsFragment, 'sessions'>) {
  const [endSession] = useMutation(EndSession);
  const [endOthers] = useMutation(EndOtherSessions);
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<string>();
  const [trouble, setTrouble] = useState<string>();

  async function run(work: () => Promise<readonly Fault[] | undefined>, success: string) {
    if (isBusy) return;
    setBusy(true);
    setSaid(undefined);
    setTrouble(undefined);
    try {
      const refusal = (await work())?.[0]?.message;
      if (refusal === undefined) setSaid(success);
      else setTrouble(refusal);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
    setBusy(false);
  }

  return (
    <Section id="sessions" title={accountTexts.sessions}>
      <p className="hint">{accountTexts.sessionsHint}</p>
      {said !== undefined && <Notice>{said}</Notice>}
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      <ul className="account-sessions">
        {sessions.map(({ id, userAgent, createdAt, usedAt, isCurrent }) => {
          const program = programName(userAgent);
          return (
            <li key={id} className="account-session">
              <div>
                <p>
                  <strong title={userAgent ?? undefined}>{program}</strong>{' '}
                  {isCurrent && <span className="badge">{accountTexts.thisSession}</span>}
                </p>
                <p className="facts">
                  <span>
                    {accountTexts.signedIn} <Day time={createdAt} />
                  </span>
                  <span>
                    {accountTexts.lastUsed} <Age time={usedAt} />
                  </span>
                </p>
              </div>
              {!isCurrent && (
                <button
                  type="button"
                  aria-label={accountTexts.endSessionOf(program)}
                  aria-disabled={isBusy}
                  onClick={() =>
                    void run(async () => {
                      const { data } = await endSession({ variables: { input: { sessionId: id } } });
                      return data?.endSession.userErrors;
                    }, accountTexts.sessionEnded(program))
                  }
                >
                  {accountTexts.endSession}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {sessions.length > 1 && (
        <button
          type="button"
          aria-disabled={isBusy}
          onClick={() =>
            void run(
              async () => (await endOthers()).data?.endOtherSessions.userErrors,
              accountTexts.othersEnded,
            )
          }
        >
          {accountTexts.endOthers}
        </button>
      )}
    </Section>
  );
}
