import type { Viewer } from '../auth/viewer.ts';
import type { Bus } from '../events/bus.ts';
import { NumberedLog, type Statement } from '../events/numbered-log.ts';
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

/** The log of moderation. It does not learn of edits and removals of the comments that it has told of. */
export const moderationLog = new NumberedLog({
  prefix: 'm',
  events: 'moderation_event',
  heads: 'moderation_log',
  fields: { detail: 'NULL::jsonb', idempotencyKey: 'NULL::uuid' },
  maxRenderingMs: 200,
});

const columns = {
  kind: 'text',
  actor_kind: 'text',
  actor_id: 'bigint',
  article_id: 'bigint',
  comment_id: 'bigint',
  revision: 'integer',
  subject_id: 'bigint',
  decision_id: 'bigint',
  reason: 'text',
  detail: 'jsonb',
};

const appending = (events: readonly NewModerationEvent[]): Statement =>
  moderationLog.appending({
    log: moderationLog.keyOf(),
    columns,
    rows: events.map(({ kind, actor, detail, ...event }) => [
      kind,
      actor.kind,
      actor.accountId,
      event.articleId,
      event.commentId,
      event.revision,
      event.subjectId,
      event.decisionId,
      event.reason,
      detail && JSON.stringify(detail),
    ]),
  });

/**
 * Writes the log of moderation. An event is appended in the transaction of what it tells of, and is there if and only if that
 * is. From then on every other writer of this log waits for the transaction, so that an event is appended last, and before the
 * event of an article if there is one: rows are locked in the order article, comment, counters, queue, this log, log of the article.
 */
export class ModerationLog {
  constructor(private readonly bus: Bus) {}

  /** Appends events in their order. Only the event of an article follows in the transaction. */
  async append(tx: Tx, events: readonly NewModerationEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.#announce(tx, await tx.query<{ sequence: number }>(...appending(events)));
  }

  /** As `append`, as the last statement of the transaction, which takes no further one. */
  async appendLast(tx: Tx, events: readonly [NewModerationEvent, ...NewModerationEvent[]]): Promise<void> {
    this.#announce(tx, await tx.seal<{ sequence: number }>(...appending(events)));
  }

  #announce(tx: Tx, [row]: readonly { readonly sequence: number }[]): void {
    if (!row) throw new Error('There is no log of moderation');
    tx.afterCommit(() => this.bus.hint(moderationLog.keyOf(), row.sequence));
  }
}

/** As `ModerationLog.append`, where there is no bus: other nodes find the events when they look for them by themselves. */
export async function appendUnannounced(tx: Tx, events: readonly NewModerationEvent[]): Promise<void> {
  if (events.length > 0) await tx.query(...appending(events));
}
