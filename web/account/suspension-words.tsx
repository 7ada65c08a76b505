import { formatDeadline } from '../format.ts';
import type { ModerationReason } from '../graphql/generated/graphql.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { sanctionTexts as words } from './sanction-texts.ts';

/** The suspension of an account, as the service tells its owner. */
export interface Suspension {
  /** ISO 8601; null: it has no end. */
  readonly until: string | null;
  readonly reason: ModerationReason | null;
  /** What a moderator adds, as plain text. */
  readonly note: string | null;
}

/** Says that the reader's account is suspended, why, and until when. */
export default function SuspensionWords({ until, reason, note }: Suspension) {
  return (
    <>
      <p>{until === null ? texts.suspended : words.suspendedUntil(formatDeadline(until))}</p>
      {reason !== null && <p>{words.reasons[reason]}</p>}
      {note !== null && (
        <p {...written} className="own-reason">
          {texts.reasonOf(note)}
        </p>
      )}
    </>
  );
}
