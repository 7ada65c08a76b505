import { formatDeadline } from '../format.ts';
import { type WebhookPartsFragment } from '../graphql/generated/graphql.ts';
import { Day } from '../layout/time.tsx';
import { useNow } from '../layout/use-now.ts';
import { webhookTexts as words } from './texts.ts';

interface Props {
  readonly webhook: Pick<
    WebhookPartsFragment,
    'status' | 'failingSince' | 'pendingCount' | 'nextAttemptAt' | 'madeByToken'
  >;
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
export function Trouble({ webhook: { status, failingSince, madeByToken } }: Props) {
  if (status === 'ENDED')
    return <p className="field-error">{madeByToken ? words.tokenHasEnded : words.hasEnded}</p>;
  if (failingSince === null) return null;
  return (
    <p className="field-error">
      {words.failingSince} <time dateTime={failingSince}>{formatDeadline(failingSince)}</time>.
    </p>
  );
}

/** The token that has made an endpoint, and when that ends. */
export function Maker({ webhook: { madeByToken } }: Props) {
  if (!madeByToken) return null;
  const { name, accountName, expiresAt, revokedAt } = madeByToken;
  return (
    <span className="facts">
      <span>{words.ofToken(name, accountName)}</span>
      <span>
        {revokedAt === null ? words.endsWithToken : words.endedWithToken}{' '}
        <Day time={revokedAt ?? expiresAt} />
      </span>
    </span>
  );
}
