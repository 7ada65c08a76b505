import type { Database, Tx } from './database.ts';

/** Rows removed by one step of a task, by table, and whether more may be left. */
export interface PruneStep {
  readonly removed: Readonly<Record<string, number>>;
  readonly more: boolean;
}

/** Removes one kind of rows that are no longer needed. */
export interface PruneTask {
  readonly name: string;
  /**
   * Removes a few rows in one transaction, so that concurrent writers wait for milliseconds at most.
   * @param at the database's time when the task began: rows that expire later are left to the next run
   */
  readonly step: (tx: Tx, at: Date) => Promise<PruneStep>;
}

/** The result of one run. */
export interface PruneRun {
  /** `busy`: another process holds the lock and removes the rest. */
  readonly outcome: 'done' | 'busy' | 'failed' | 'stopped';
  /** Rows by table; without the tables of tasks that were not reached. */
  readonly removed: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface PruningOptions {
  readonly db: Database;
  readonly tasks: readonly PruneTask[];
  /** A task failed. The next run retries it; the other tasks of this run continue. */
  readonly onError: (error: unknown, task: string) => void;
}

/**
 * "std" and "prn" in ASCII. A transaction-level lock, so that it works behind a pooler and no dead process can keep it.
 */
const lockKey = [0x737464, 0x70726e];

const never = new AbortController().signal;

/**
 * Removes everything that has expired by now, a few rows at a time. Every node may do so: of those that do it at the same time one
 * removes, and the others stop. Never rejects.
 * @param signal aborted: no step follows the one under way
 */
export async function prune(
  { db, tasks, onError }: PruningOptions,
  signal: AbortSignal = never,
): Promise<PruneRun> {
  const began = performance.now();
  const removed: Record<string, number> = {};
  let outcome: PruneRun['outcome'] = 'done';
  for (const task of tasks) {
    try {
      const end = await finish(db, task, removed, signal);
      if (end !== 'done') {
        outcome = outcome === 'failed' ? outcome : end;
        break;
      }
    } catch (error) {
      outcome = 'failed';
      onError(error, task.name);
    }
  }
  return { outcome, removed, seconds: (performance.now() - began) / 1000 };
}

async function finish(
  db: Database,
  task: PruneTask,
  removed: Record<string, number>,
  signal: AbortSignal,
): Promise<'done' | 'busy' | 'stopped'> {
  const [clock] = await db.query<{ at: Date }>('SELECT now() AS at');
  if (!clock) throw new Error('SELECT now() returned no row');
  for (;;) {
    if (signal.aborted) return 'stopped';
    const step = await takeStep(db, task, clock.at);
    if (!step) return 'busy';
    for (const [table, rows] of Object.entries(step.removed)) removed[table] = (removed[table] ?? 0) + rows;
    if (!step.more) return 'done';
  }
}

/** @returns undefined where another process holds the lock */
function takeStep(db: Database, task: PruneTask, at: Date): Promise<PruneStep | undefined> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1, $2) AS taken',
      lockKey,
    );
    return lock?.taken ? task.step(tx, at) : undefined;
  });
}
