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

/** SQL of what waits at `$1`, by its kind: the table, a condition of its row `t`, and since when it waits. */
const work = {
  setUps: ['pledge', `t.look_at <= $1`, 't.look_at'],
  due: ['pledge', `t.status = 'DUE'`, 'clock_timestamp()'],
  payments: ['payment', `t.look_at <= $1`, 't.look_at'],
  refunds: ['refund', `t.look_at <= $1`, 't.look_at'],
  payouts: ['payout', `t.look_at <= $1`, 't.look_at'],
  overdue: ['campaign', `t.status = 'LIVE' AND t.deadline <= $1`, 't.deadline'],
  reached: ['milestone', `t.status = 'REACHED'`, 't.reached_at'],
  unlocks: [
    'milestone',
    't.unlocked_article_id IS NOT NULL AND t.reached_at IS NOT NULL AND t.unlocked_at IS NULL',
    't.reached_at',
  ],
  notices: ['provider_event', waiting, 'coalesce(t.look_at, t.received_at)'],
} as const;

/** SQL of the rows of one kind of work for campaigns of a mode. Campaigns end at their deadline in both modes, because that moves no money. */
const rowsOf = ([table, condition, since]: readonly [string, string, string], testMode: string): string =>
  table === 'campaign' || table === 'provider_event'
    ? `SELECT ${since} FROM ${table} t WHERE ${condition}`
    : `SELECT ${since} FROM ${table} t JOIN campaign c ON c.article_id = t.article_id
       WHERE ${condition} AND c.test_mode = ${testMode}`;

/** SQL of all work on campaigns of one mode that waits at `$1`. */
export const dueWorkSql = (testMode: boolean): string =>
  Object.values(work)
    .map((kind) => rowsOf(kind, String(testMode)))
    .join('\nUNION ALL ');

const workStatement = `SELECT ${Object.entries(work)
  .map(([name, kind]) => `EXISTS (${rowsOf(kind, '$2')}) AS "${name}"`)
  .join(',\n')}`;

/** Which kinds of work on campaigns of one mode there are. */
export async function selectWork(db: Queryable, testMode: boolean, now: Date): Promise<WorkAtHand> {
  const [row] = await db.query<WorkAtHand>(workStatement, [now, testMode]);
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
