import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { type OwnSessionsFragment } from '../graphql/generated/graphql.ts';
import { Age, Day } from '../layout/time.tsx';
import { useChange } from '../layout/use-change.ts';
import { type Fault } from '../layout/use-faults.ts';
import { EndOtherSessions, EndSession } from './documents.ts';
import { Notice } from './notice.tsx';
import { namedProgram } from './program-name.ts';
import { Section } from './section.tsx';
import { accountTexts } from './texts.ts';

/** Where the account is signed in. */
export function Sessions({ sessions }: Pick<OwnSessionsFragment, 'sessions'>) {
  const [endSession] = useMutation(EndSession);
  const [endOthers] = useMutation(EndOtherSessions);
  const { isBusy, trouble, run } = useChange();
  const [said, setSaid] = useState<string>();

  async function end(work: () => Promise<readonly Fault[] | undefined>, success: string) {
    setSaid(undefined);
    if (await run(work)) setSaid(success);
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
        {sessions.map(({ id, userAgent, createdAt, usedAt, isCurrent, ...where }) => {
          const program = namedProgram(where);
          const { network, usedNetwork } = where;
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
                    {network !== null && ` ${accountTexts.fromNetwork(network)}`}
                  </span>
                  <span>
                    {accountTexts.lastUsed} <Age time={usedAt} />
                    {usedNetwork !== null &&
                      usedNetwork !== network &&
                      ` ${accountTexts.fromNetwork(usedNetwork)}`}
                  </span>
                </p>
              </div>
              {!isCurrent && (
                <button
                  type="button"
                  aria-label={accountTexts.endSessionOf(program)}
                  aria-disabled={isBusy}
                  onClick={() =>
                    void end(async () => {
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
            void end(
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
