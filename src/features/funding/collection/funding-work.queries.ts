import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import { isGoneSql } from '../../../platform/jobs/process.queries.ts';
import type { ProviderEvent } from '../../../platform/payments/provider.ts';
import { delaySql } from '../campaign/pledge.queries.ts';

/**
 * Takes the lease of the work on money, or keeps it.
 * @returns false while another holder has it
 */
export async function takeLease(
  db: Queryable,
  { holder, processId, seconds }: { holder: string; processId: string; seconds: number },
): Promise<boolean> {
  const rows = await db.query(
    `INSERT INTO funding_lease (holder, process_id, held_until)
     VALUES ($1, $2, clock_timestamp() + $3 * interval '1 second')
     ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, process_id = excluded.process_id, held_until = excluded.held_until
     WHERE funding_lease.holder = excluded.holder OR funding_lease.held_until < clock_timestamp()
       OR ${isGoneSql('funding_lease.process_id')}
     RETURNING holder`,
    [holder, processId, seconds],
  );
  return rows.length === 1;
}

/** Gives the lease back, so that another node need not wait until it ends. */
export async function releaseLease(db: Queryable, holder: string): Promise<void> {
  await db.query('DELETE FROM funding_lease WHERE holder = $1', [holder]);
}

/**
 * Attempts at a notice: with the waits between them (`delaySql`), an hour and a half. What it tells of may be unreadable for
 * good, and reconciling finds what was missed.
 */
export const mostNoticeAttempts = 24;

const waiting = `processed_at IS NULL AND attempts < ${mostNoticeAttempts} AND (look_at IS NULL OR look_at <= $1)`;

/** Which kinds of work there are. */
export interface WorkAtHand {
  readonly setUps: boolean;
  readonly due: boolean;
  readonly payments: boolean;
  readonly refunds: boolean;
  readonly payouts: boolean;
  readonly overdue: boolean;
  readonly reached: boolean;
  readonly unlocks: boolean;
  readonly notices: boolean;
}

/** SQL that asks whether a table has rows for campaigns of the mode `$2`. @param condition of the row `t` */
const existsOf = (table: string, condition: string): string =>
  `EXISTS (SELECT FROM ${table} t JOIN campaign c ON c.article_id = t.article_id
    WHERE ${condition} AND c.test_mode = $2)`;

/**
 * Looks for all kinds of work on campaigns of one mode in one statement, so that an idle site asks the database once.
 * Campaigns end at their deadline in both modes, because that moves no money.
 */
export async function selectWork(db: Queryable, testMode: boolean, now: Date): Promise<WorkAtHand> {
  const [row] = await db.query<WorkAtHand>(
    `SELECT ${existsOf('pledge', 't.look_at <= $1')} AS "setUps",
       ${existsOf('pledge', `t.status = 'DUE'`)} AS due,
       ${existsOf('payment', 't.look_at <= $1')} AS payments,
       ${existsOf('refund', 't.look_at <= $1')} AS refunds,
       ${existsOf('payout', 't.look_at <= $1')} AS payouts,
       EXISTS (SELECT FROM campaign WHERE status = 'LIVE' AND deadline <= $1) AS overdue,
       ${existsOf('milestone', `t.status = 'REACHED'`)} AS reached,
       ${existsOf(
         'milestone',
         't.unlocked_article_id IS NOT NULL AND t.reached_at IS NOT NULL AND t.unlocked_at IS NULL',
       )} AS unlocks,
       EXISTS (SELECT FROM provider_event WHERE ${waiting}) AS notices`,
    [now, testMode],
  );
  if (!row) throw new Error('A statement of EXISTS returned no row');
  return row;
}

/** Stores a notice of the provider once. */
export async function insertProviderEvent(
  db: Queryable,
  { id, testMode, kind, objectRef }: ProviderEvent,
): Promise<void> {
  await db.query(
    `INSERT INTO provider_event (id, test_mode, kind, object_ref) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [id, testMode, kind, objectRef],
  );
}

/** Takes notices that are to be processed, and puts off their next attempt. */
export function takeProviderEvents(db: Queryable, now: Date, limit: number): Promise<ProviderEvent[]> {
  return db.query<ProviderEvent>(
    `UPDATE provider_event e SET attempts = e.attempts + 1, look_at = $1::timestamptz + ${delaySql('e.attempts')}
     FROM (SELECT id FROM provider_event WHERE ${waiting} ORDER BY received_at, id LIMIT $2
       FOR UPDATE SKIP LOCKED) k
     WHERE e.id = k.id RETURNING e.id, e.test_mode AS "testMode", e.kind, e.object_ref AS "objectRef"`,
    [now, limit],
  );
}

/** A notice that could not be processed. */
export interface FailedNotice {
  readonly id: string;
  readonly kind: string;
  readonly objectRef: string;
  readonly receivedAt: Date;
  readonly attempts: number;
}

/** Notices at which an attempt has failed, oldest first. */
export function selectFailedNotices(db: Queryable, limit: number): Promise<FailedNotice[]> {
  return db.query<FailedNotice>(
    `SELECT id, kind, object_ref AS "objectRef", received_at AS "receivedAt", attempts FROM provider_event
     WHERE processed_at IS NULL AND attempts > 0 ORDER BY received_at, id LIMIT $1`,
    [limit],
  );
}

export async function updateEventProcessed(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE provider_event SET processed_at = clock_timestamp() WHERE id = $1', [id]);
}

/** Most notices that one step of pruning removes. */
const pruneBatch = 1000;

/** Removes notices that were processed or given up, and that the provider no longer sends again. */
export async function pruneProviderEvents(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM provider_event WHERE id IN (SELECT id FROM provider_event
       WHERE (processed_at IS NOT NULL OR attempts >= ${mostNoticeAttempts}) AND received_at < $1::timestamptz - interval '30 days'
       ORDER BY received_at LIMIT $2)
     RETURNING id`,
    [at, pruneBatch],
  );
  return { removed: { provider_event: rows.length }, more: rows.length === pruneBatch };
}
