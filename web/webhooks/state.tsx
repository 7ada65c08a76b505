import { formatDeadline } from '../format.ts';
import { type WebhookPartsFragment } from '../graphql/generated/graphql.ts';
import { useNow } from '../layout/use-now.ts';
import { webhookTexts as words } from './texts.ts';

interface Props {
  readonly webhook: Pick<WebhookPartsFragment, 'status' | 'failingSince' | 'pendingCount' | 'nextAttemptAt'>;
}

/** Whether events are sent to an endpoint, in a word. */
export function Status({ webhook: { status, failingSince } }: Props) {
  const isFailing = status === 'ACTIVE' && failingSince !== null;
  return (
    <span className={`badge webhook-status is-${isFailing ? 'failing' : status.toLowerCase()}`}>
      {isFailing ? words.failing : words.statuses[status]}
    </span>
  );
}

/** What waits for an endpoint, and when it is tried next. */
export function Queue({ webhook: { pendingCount, nextAttemptAt } }: Props) {
  const now = useNow();
  const isDue = nextAttemptAt !== null && Date.parse(nextAttemptAt) <= now;
  return (
    <>
      <span>{words.waiting(pendingCount)}</span>
      {nextAttemptAt !== null && (
        <span>
          {isDue ? (
            words.nextNow
          ) : (
            <>
              {words.next} <time dateTime={nextAttemptAt}>{formatDeadline(nextAttemptAt)}</time>
            </>
          )}
        </span>
      )}
    </>
  );
}

/** Since when every attempt has failed, or why nothing is sent. */
export function Trouble({ webhook: { status, failingSince } }: Props) {
  if (status === 'ENDED') return <p className="field-error">{words.hasEnded}</p>;
  if (failingSince === null) return null;
  return (
    <p className="field-error">
      {words.failingSince} <time dateTime={failingSince}>{formatDeadline(failingSince)}</time>.
    </p>
  );
}
