import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import { isGoneSql, leftPauseSql } from '../../../platform/jobs/process.queries.ts';
import { maxAttemptsAtOnce, type WebhookLog } from './webhook.policy.ts';

/** The tables of a log, and what keeps the order of its events: those of one lane are sent one after the other. */
interface LogTables {
  readonly log: string;
  readonly events: string;
  /** SQL for a number of an event of the table `x`; 0 is for resets. */
  readonly lane: string;
}

const tablesOf: Readonly<Record<WebhookLog, LogTables>> = {
  SITE: { log: 'site_log', events: 'site_event', lane: 'x.article_id' },
  // What is asked about one comment waits for no other comment; what names none waits for nothing.
  MODERATION: {
    log: 'moderation_log',
    events: 'moderation_event',
    lane: 'coalesce(x.comment_id, -x.sequence)',
  },
};

/** The state of a log in one row; tables of one row are no joins, for the reason at `relayStatement`. */
const stateOf = (log: WebhookLog): string =>
  `SELECT (SELECT epoch FROM event_log) AS epoch, (SELECT sequence FROM ${tablesOf[log].log}) AS sequence,
  (SELECT pruned_sequence FROM ${tablesOf[log].log}) AS pruned_sequence`;

/**
 * Keeps everybody else from the deliveries of an endpoint until the transaction ends. To be sent first, and together with
 * what follows: that statement sees what others have done before, and nobody waits for a process that thinks.
 */
export const lockDeliveries = (tx: Tx, webhookId: string): Promise<unknown> =>
  tx.query('SELECT 1 FROM webhook WHERE id = $1 FOR UPDATE', [webhookId]);

/**
 * Makes deliveries of the next events of an endpoint's log, and moves its position behind them, as the last
 * statement of a transaction that has locked its deliveries. If events behind its position were pruned, or the log is
 * another one, a reset takes their place.
 * @returns whether there may be more
 */
export async function enqueueDeliveries(
  tx: Tx,
  webhookId: string,
  { log, limit, now }: { readonly log: WebhookLog; readonly limit: number; readonly now: Date },
): Promise<boolean> {
  const { events, lane } = tablesOf[log];
  const [row] = await tx.seal<{ more: boolean }>(
    `WITH endpoint AS (
  SELECT w.id, w.article_id, w.event_kinds, w.sequence, w.epoch <> s.epoch OR w.sequence < s.pruned_sequence AS is_lost,
    s.sequence AS head, s.epoch
  FROM webhook w, (${stateOf(log)}) s WHERE w.id = $1 AND w.status = 'ACTIVE'
), found AS (
  SELECT e.sequence, e.article_id, e.lane, e.kind FROM endpoint w CROSS JOIN LATERAL (
    SELECT x.sequence, x.article_id, ${lane} AS lane, x.kind FROM ${events} x
    WHERE NOT w.is_lost AND x.sequence > w.sequence ORDER BY x.sequence LIMIT $2
  ) e
), wanted AS (
  SELECT w.id, f.sequence, f.lane, row_number() OVER (PARTITION BY f.lane ORDER BY f.sequence) AS n
  FROM endpoint w, found f
  WHERE (w.article_id IS NULL OR f.article_id = w.article_id) AND (w.event_kinds IS NULL OR f.kind = ANY(w.event_kinds))
), added AS (
  INSERT INTO webhook_delivery (webhook_id, sequence, article_id, is_first, next_attempt_at)
  SELECT f.id, f.sequence, f.lane, f.n = 1 AND NOT EXISTS (
    SELECT FROM webhook_delivery d WHERE d.webhook_id = f.id AND d.article_id = f.lane AND d.status = 'PENDING'
  ), $3::timestamptz FROM wanted f
  UNION ALL
  SELECT w.id, w.head, 0, true, $3::timestamptz FROM endpoint w WHERE w.is_lost
  -- Only numbers of another log are there already.
  ON CONFLICT (webhook_id, sequence) DO UPDATE SET article_id = excluded.article_id, status = 'PENDING',
    is_first = excluded.is_first, attempts = 0, first_attempt_at = NULL, next_attempt_at = excluded.next_attempt_at,
    lease = NULL, leased_until = NULL, process_id = NULL, ended_at = NULL
), outdated AS (
  DELETE FROM webhook_delivery d USING endpoint w
  WHERE w.is_lost AND d.webhook_id = w.id AND d.status = 'PENDING' AND d.sequence <> w.head
), moved AS (
  UPDATE webhook SET sequence = CASE WHEN w.is_lost THEN w.head ELSE (SELECT max(sequence) FROM found) END, epoch = w.epoch
  FROM endpoint w WHERE webhook.id = w.id AND (w.is_lost OR EXISTS (SELECT FROM found))
)
SELECT (SELECT count(*) FROM found) = $2 AS more`,
    [webhookId, limit, now],
  );
  return row?.more ?? false;
}

/** Most deliveries of one endpoint that wait; further events wait in their log. */
const maxPending = 20_000;

/** SQL of endpoints with events behind their positions, and how many deliveries they have room for. */
const behindSql = `SELECT id, log, room FROM (
  SELECT w.id::text AS id, w.log, (${maxPending} - (SELECT count(*) FROM (
    SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'PENDING' LIMIT ${maxPending}
  ) waiting))::int AS room
  FROM webhook w, (${stateOf('SITE')}) s, (${stateOf('MODERATION')}) m
  WHERE w.status = 'ACTIVE' AND (w.epoch <> s.epoch
    OR w.sequence < CASE w.log WHEN 'MODERATION' THEN m.sequence ELSE s.sequence END)
) behind WHERE room > 0`;

export const selectBehind = (
  db: Queryable,
): Promise<{ readonly id: string; readonly log: WebhookLog; readonly room: number }[]> => db.query(behindSql);

/** SQL of whether a process works on a delivery. */
const isLeased = (x: string): string =>
  `coalesce(${x}.leased_until > clock_timestamp(), false) AND NOT ${isGoneSql(`${x}.process_id`)}`;

/** Attempts at an endpoint that may be under way, on all nodes: one that fails is asked one thing at a time. */
const places = (w: string, most = '$2::int'): string => `CASE WHEN ${w}.failures = 0 THEN ${most} ELSE 1 END
  - (SELECT count(*) FROM webhook_delivery l WHERE l.webhook_id = ${w}.id AND l.lease IS NOT NULL AND ${isLeased('l')})`;

const isDue = `x.is_first AND x.next_attempt_at <= $1 AND NOT (${isLeased('x')})`;

const isAsked = (w: string): string =>
  `${w}.status = 'ACTIVE' AND (${w}.paused_until IS NULL OR ${w}.paused_until <= $1)`;

/** SQL of endpoints with new events, whose time is not known, and of deliveries that can be taken at `$1`. */
export const dueWebhooksSql = `SELECT clock_timestamp() FROM (${behindSql}) news
UNION ALL SELECT x.next_attempt_at FROM webhook w JOIN webhook_delivery x ON x.webhook_id = w.id AND ${isDue}
WHERE ${isAsked('w')} AND ${places('w', String(maxAttemptsAtOnce))} > 0`;

/** Endpoints of which something can be taken now. */
export async function selectDue(db: Queryable, now: Date, perWebhook: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT w.id::text AS id FROM webhook w
     WHERE ${isAsked('w')} AND ${places('w')} > 0
       AND EXISTS (SELECT FROM webhook_delivery x WHERE x.webhook_id = w.id AND ${isDue})`,
    [now, perWebhook],
  );
  return rows.map(({ id }) => id);
}

/** A delivery that a worker has taken, with all that an attempt needs. */
export interface DueDelivery {
  readonly webhookId: string;
  readonly sequence: string;
  /** Names the attempt: what was to be sent again meanwhile has another one. */
  readonly lease: string;
  readonly log: WebhookLog;
  /** What keeps the order, as `WebhookDeliveryEntity.articleId`; `0`: a reset. */
  readonly articleId: string;
  /** Attempts with this one. */
  readonly attempts: number;
  readonly firstAttemptAt: Date;
  /** Whether the attempt before has not ended: its process died, for example. */
  readonly wasLeft: boolean;
  readonly url: string;
  readonly document: string;
  readonly accountId: string;
  readonly secret: string;
  readonly oldSecret: string | null;
  readonly oldSecretUntil: Date | null;
}

export const claimStatement = `
WITH due AS (
  SELECT x.webhook_id, x.sequence, x.lease IS NOT NULL AS was_left
  FROM webhook_delivery x WHERE x.webhook_id = $4 AND ${isDue}
  ORDER BY x.next_attempt_at
  LIMIT (SELECT greatest(0, ${places('w')}) FROM webhook w WHERE w.id = $4 AND ${isAsked('w')})
), taken AS (
  UPDATE webhook_delivery x SET attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, $1),
    lease = nextval('webhook_lease_seq'), leased_until = clock_timestamp() + make_interval(secs => $3),
    process_id = $5,
    next_attempt_at = CASE WHEN due.was_left THEN $1::timestamptz + ${leftPauseSql('x.attempts + 1')} ELSE x.next_attempt_at END
  FROM due WHERE x.webhook_id = due.webhook_id AND x.sequence = due.sequence
  RETURNING x.webhook_id, x.sequence, x.lease, x.article_id, x.attempts, x.first_attempt_at, due.was_left
)
SELECT t.webhook_id::text AS "webhookId", t.sequence::text AS sequence, t.lease::text AS lease,
  t.article_id::text AS "articleId", t.attempts, t.first_attempt_at AS "firstAttemptAt", t.was_left AS "wasLeft", w.log, w.url, w.document,
  w.account_id::text AS "accountId", w.secret, w.old_secret AS "oldSecret", w.old_secret_until AS "oldSecretUntil"
FROM taken t JOIN webhook w ON w.id = t.webhook_id ORDER BY t.sequence`;

/**
 * Takes deliveries of an endpoint that are due, of each article only the first that is not delivered, so that its order is
 * kept; the last statement of a transaction that has locked its deliveries. An attempt whose process is gone, or that is not
 * ended in time, is taken again: at once, and if the attempt before was left as well, after a pause that grows.
 * @param claim `perWebhook`: attempts at the endpoint that may be under way
 */
export function claimDeliveries(
  tx: Tx,
  webhookId: string,
  {
    now,
    leaseSeconds,
    perWebhook,
    processId,
  }: {
    readonly now: Date;
    readonly leaseSeconds: number;
    readonly perWebhook: number;
    readonly processId: string;
  },
): Promise<DueDelivery[]> {
  return tx.seal<DueDelivery>(claimStatement, [now, perWebhook, leaseSeconds, webhookId, processId]);
}

/** An attempt, as it is listed. */
export interface NewAttempt {
  readonly webhookId: string;
  /** Null: a test. */
  readonly sequence: string | null;
  readonly begunAt: Date;
  readonly milliseconds: number;
  readonly httpStatus: number | null;
  readonly fault: string | null;
  readonly answer: string | null;
}

export async function insertAttempt(db: Queryable, attempt: NewAttempt): Promise<void> {
  await db.query(
    `INSERT INTO webhook_attempt (webhook_id, sequence, begun_at, milliseconds, http_status, fault, answer)
     SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT FROM webhook WHERE id = $1)`,
    [
      attempt.webhookId,
      attempt.sequence,
      attempt.begunAt,
      attempt.milliseconds,
      attempt.httpStatus,
      attempt.fault,
      attempt.answer,
    ],
  );
}

/** Names one attempt. */
type AttemptKey = Pick<DueDelivery, 'webhookId' | 'sequence' | 'lease'>;

/** Ends an attempt, and with it the delivery if it is not tried again: then the next one of its article is the first. */
const endingParts = (status: string, nextAt: string): string => `ended AS (
  UPDATE webhook_delivery SET status = ${status}, lease = NULL, leased_until = NULL, process_id = NULL,
    is_first = ${status} = 'PENDING',
    next_attempt_at = coalesce(${nextAt}, next_attempt_at), ended_at = CASE WHEN ${status} <> 'PENDING' THEN $4::timestamptz END
  WHERE webhook_id = $1 AND sequence = $2 AND lease = $3
  RETURNING article_id, status
), following AS (
  UPDATE webhook_delivery SET is_first = true WHERE webhook_id = $1 AND sequence = (
    SELECT x.sequence FROM webhook_delivery x, ended e
    WHERE e.status <> 'PENDING' AND x.webhook_id = $1 AND x.article_id = e.article_id AND x.status = 'PENDING'
      AND x.sequence > $2
    ORDER BY x.sequence LIMIT 1
  )
)`;

/**
 * A delivery has succeeded; the last statement of a transaction that has locked its endpoint's deliveries. After a minute in
 * which nothing did, the endpoint is back: what has waited for it is tried at once.
 */
export async function endDelivered(
  tx: Tx,
  { webhookId, sequence, lease }: AttemptKey,
  now: Date,
): Promise<void> {
  await tx.seal(
    `WITH ${endingParts(`'DELIVERED'`, 'NULL')}, failing AS (
  SELECT id, failing_since FROM webhook WHERE id = $1 AND failures > 0
), healed AS (
  UPDATE webhook SET failures = 0, failing_since = NULL, paused_until = NULL FROM failing WHERE webhook.id = failing.id
), hastened AS (
  UPDATE webhook_delivery d SET next_attempt_at = $4 FROM failing f
  WHERE f.failing_since < $4::timestamptz - interval '1 minute' AND d.webhook_id = f.id AND d.is_first AND d.sequence <> $2
    AND d.next_attempt_at > $4 AND d.lease IS NULL
)
SELECT 1 FROM ended`,
    [webhookId, sequence, lease, now],
  );
}

/** Leaves a delivery to whoever looks next, as its attempt has sent nothing; not one that another process has taken meanwhile. */
export async function releaseDelivery(
  db: Queryable,
  { webhookId, sequence, lease }: AttemptKey,
): Promise<void> {
  await db.query(
    `UPDATE webhook_delivery SET attempts = attempts - 1, lease = NULL, leased_until = NULL, process_id = NULL
     WHERE webhook_id = $1 AND sequence = $2 AND lease = $3`,
    [webhookId, sequence, lease],
  );
}

/** What becomes of a delivery and its endpoint after an attempt that has failed. */
export interface Failure {
  readonly now: Date;
  /** Null: the delivery is given up. */
  readonly nextAt: Date | null;
  /** Whether the endpoint is gone: nothing is sent until somebody activates it. */
  readonly isGone: boolean;
  /** Whether the endpoint is well, and has refused this event alone. */
  readonly isOfEvent: boolean;
  /** Pauses of the endpoint, in seconds, by its failures in a row; the last one repeats. */
  readonly pauses: readonly number[];
  /** The shortest pause, in seconds; 0: none. */
  readonly leastPause: number;
}

/** An attempt has failed; the last statement of a transaction that has locked its endpoint's deliveries. */
export async function endFailed(
  tx: Tx,
  { webhookId, sequence, lease }: AttemptKey,
  { now, nextAt, isGone, isOfEvent, pauses, leastPause }: Failure,
): Promise<void> {
  await tx.seal(
    `WITH ${endingParts(`CASE WHEN $5::timestamptz IS NULL THEN 'FAILED' ELSE 'PENDING' END`, '$5::timestamptz')}
UPDATE webhook SET failures = failures + 1, failing_since = coalesce(failing_since, $4),
  status = CASE WHEN $6 THEN 'ENDED' ELSE status END,
  paused_until = greatest(paused_until, nullif($4::timestamptz + make_interval(
    secs => greatest($8::int, ($7::int[])[least(failures + 2, cardinality($7::int[]))])), $4::timestamptz))
WHERE id = $1 AND NOT $9`,
    [webhookId, sequence, lease, now, nextAt, isGone, pauses, leastPause, isOfEvent],
  );
}

/** Sends everything after a number again, whatever became of it; events that were never sent are sent as they would be. */
export async function resetDeliveries(tx: Tx, webhookId: string, sequence: number): Promise<void> {
  await tx.query('DELETE FROM webhook_delivery WHERE webhook_id = $1 AND sequence > $2', [
    webhookId,
    sequence,
  ]);
  // A number that the endpoint has not come to yet passes over nothing.
  await tx.query('UPDATE webhook SET sequence = least(sequence, $2) WHERE id = $1', [webhookId, sequence]);
}

/** Attempts of an endpoint that are kept, however young others are. */
const keptAttempts = 500;

/** Removes deliveries that have ended, and attempts, some days later; of many attempts the oldest ones before. */
export async function pruneDeliveries(tx: Tx, at: Date): Promise<PruneStep> {
  const limit = 500;
  const [deliveries, attempts] = await Promise.all([
    tx.query<{ n: number }>(
      `WITH gone AS (DELETE FROM webhook_delivery WHERE (webhook_id, sequence) IN (
         SELECT webhook_id, sequence FROM webhook_delivery WHERE ended_at < $1::timestamptz - interval '7 days' LIMIT $2
       ) RETURNING 1) SELECT count(*)::int AS n FROM gone`,
      [at, limit],
    ),
    tx.query<{ n: number }>(
      `WITH gone AS (DELETE FROM webhook_attempt WHERE id IN (
         (SELECT id FROM webhook_attempt WHERE begun_at < $1::timestamptz - interval '7 days' LIMIT $2)
         UNION
         (SELECT a.id FROM webhook w CROSS JOIN LATERAL (
           SELECT x.id FROM webhook_attempt x WHERE x.webhook_id = w.id ORDER BY x.id DESC OFFSET $3 LIMIT $2
         ) a LIMIT $2)
         LIMIT $2
       ) RETURNING 1) SELECT count(*)::int AS n FROM gone`,
      [at, limit, keptAttempts],
    ),
  ]);
  const removed = { webhook_delivery: deliveries[0]?.n ?? 0, webhook_attempt: attempts[0]?.n ?? 0 };
  return { removed, more: Object.values(removed).some((rows) => rows === limit) };
}
