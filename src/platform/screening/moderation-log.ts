import { moderationLogKey } from '../events/event-cursor.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Bus } from '../events/bus.ts';
import type { Tx } from '../db/database.ts';
import type { ModerationActorKind, ModerationEventKind, ModerationReason } from './moderation-event-kinds.ts';

/** A fact to append; the log assigns its number and its time. */
export interface NewModerationEvent {
  readonly kind: ModerationEventKind;
  readonly actor: ModerationActor;
  readonly articleId?: string | undefined;
  readonly commentId?: string | undefined;
  readonly revision?: number | undefined;
  /** The account that the event is about; null: none, or an author without an account. */
  readonly subjectId?: string | null | undefined;
  readonly decisionId?: string | undefined;
  readonly reason?: ModerationReason | null | undefined;
  /** Facts of the kind: names, numbers and ids, never what somebody wrote. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export interface ModerationActor {
  readonly kind: ModerationActorKind;
  /** Null for the service itself. */
  readonly accountId: string | null;
}

/** The account of a request as one who acts. */
export const actorOf = ({ accountId, token }: Pick<Viewer, 'accountId' | 'token'>): ModerationActor => ({
  kind: token?.isService === true ? 'SERVICE_ACCOUNT' : 'PERSON',
  accountId,
});

/** The service itself, by its settings. */
export const systemActor: ModerationActor = { kind: 'SYSTEM', accountId: null };

// One statement bumps the counter and inserts the events. The row lock orders the commits of all that is moderated, so that the
// numbers have no gap and become visible in their own order.
const appendStatement = `
WITH bumped AS (
  UPDATE moderation_log SET sequence = sequence + jsonb_array_length($1::jsonb),
    -- The clock may be set back; the order of events is not.
    last_event_at = greatest(last_event_at, clock_timestamp())
  RETURNING sequence, last_event_at
), inserted AS (
  INSERT INTO moderation_event (sequence, kind, actor_kind, actor_id, article_id, comment_id, revision, subject_id, decision_id,
    reason, detail, occurred_at)
  SELECT b.sequence - jsonb_array_length($1::jsonb) + e.n, e.kind, e.actor_kind, e.actor_id, e.article_id, e.comment_id, e.revision,
    e.subject_id, e.decision_id, e.reason, e.detail, b.last_event_at
  FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (kind text, actor_kind text, actor_id bigint, article_id bigint,
      comment_id bigint, revision integer, subject_id bigint, decision_id bigint, reason text, detail jsonb))
    WITH ORDINALITY AS e(kind, actor_kind, actor_id, article_id, comment_id, revision, subject_id, decision_id, reason, detail, n)
  -- Without the log's row the number is null, and the statement fails.
  LEFT JOIN bumped b ON true
)
SELECT sequence::text AS sequence FROM bumped`;

const toJson = ({ actor, ...event }: NewModerationEvent) => ({
  kind: event.kind,
  actor_kind: actor.kind,
  actor_id: actor.accountId,
  article_id: event.articleId,
  comment_id: event.commentId,
  revision: event.revision,
  subject_id: event.subjectId,
  decision_id: event.decisionId,
  reason: event.reason,
  detail: event.detail,
});

/**
 * Writes the log of moderation. An event is appended in the transaction of what it tells of, and is there if and only if that
 * is. From then on every other writer of this log waits for the transaction, so that an event is appended last, and before the
 * event of an article if there is one: rows are locked in the order article, comment, counters, queue, this log, log of the article.
 */
export class ModerationLog {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Appends events in their order. Only the event of an article follows in the transaction. */
  async append(tx: Tx, events: readonly NewModerationEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.#announce(tx, await tx.query<{ sequence: string }>(appendStatement, values(events)));
  }

  /** As `append`, as the last statement of the transaction, which takes no further one. */
  async appendLast(tx: Tx, events: readonly [NewModerationEvent, ...NewModerationEvent[]]): Promise<void> {
    this.#announce(tx, await tx.seal<{ sequence: string }>(appendStatement, values(events)));
  }

  #announce(tx: Tx, [row]: readonly { readonly sequence: string }[]): void {
    if (!row) throw new Error('There is no log of moderation');
    tx.afterCommit(() => this.#bus.hint(moderationLogKey, Number(row.sequence)));
  }
}

/** As `ModerationLog.append`, where there is no bus: other nodes find the events when they look for them by themselves. */
export async function appendUnannounced(tx: Tx, events: readonly NewModerationEvent[]): Promise<void> {
  if (events.length > 0) await tx.query(appendStatement, values(events));
}

const values = (events: readonly NewModerationEvent[]): readonly unknown[] => [
  JSON.stringify(events.map(toJson)),
];
