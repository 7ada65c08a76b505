import { useState } from 'react';
import { formatTime } from '../format.ts';
import { type WebhookQuery } from '../graphql/generated/graphql.ts';
import { Age } from '../layout/time.tsx';
import { Again } from './redelivery.tsx';
import { webhookTexts as words } from './texts.ts';

type Attempt = Extract<NonNullable<WebhookQuery['node']>, { __typename: 'Webhook' }>['attempts'][number];

interface Props {
  readonly webhookId: string;
  readonly attempts: readonly Attempt[];
  /** Reads the endpoint anew. */
  readonly onReload: () => Promise<unknown>;
}

/** The last requests to an endpoint. */
export function Attempts({ webhookId, attempts, onReload }: Props) {
  const [isLoading, setLoading] = useState(false);
  const refresh = () => {
    if (isLoading) return;
    setLoading(true);
    // Failures are left to the next look.
    void onReload()
      .catch(() => undefined)
      .then(() => setLoading(false));
  };
  return (
    <section className="account-section" aria-labelledby="attempts">
      <h2 id="attempts">{words.attempts}</h2>
      <p className="hint">{words.attemptsHint}</p>
      <button type="button" aria-disabled={isLoading} onClick={refresh}>
        {isLoading ? words.refreshing : words.refresh}
      </button>
      {attempts.length === 0 ? (
        <p>{words.noAttempts}</p>
      ) : (
        <ul className="webhook-attempts">
          {attempts.map((attempt) => (
            <AttemptItem
              key={`${attempt.begunAt} ${attempt.before ?? ''}`}
              attempt={attempt}
              webhookId={webhookId}
              onDone={onReload}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface ItemProps {
  readonly attempt: Attempt;
  readonly webhookId: string;
  readonly onDone: () => Promise<unknown>;
}

function AttemptItem({ attempt, webhookId, onDone }: ItemProps) {
  const { before, begunAt, milliseconds, httpStatus, fault, answer } = attempt;
  const isSuccess = httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
  const shown = fault ?? answer ?? '';
  return (
    <li className="webhook-attempt">
      <div>
        <p className="facts">
          <span>
            <span className={`badge webhook-status is-${isSuccess ? 'active' : 'failing'}`}>
              {httpStatus ?? words.noAnswer}
            </span>
          </span>
          <Age time={begunAt} />
          <span>{words.took(milliseconds)}</span>
          {before === null && <span>{words.isTest}</span>}
        </p>
        {shown !== '' && <p className="webhook-answer">{fault === null ? <code>{shown}</code> : shown}</p>}
      </div>
      {before !== null && (
        <Again
          webhookId={webhookId}
          after={before}
          label={words.againOf(formatTime(begunAt))}
          onDone={onDone}
        />
      )}
    </li>
  );
}
