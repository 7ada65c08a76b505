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
  /** Approximate time between two runs. */
  readonly intervalSeconds: number;
  readonly onRun: (run: PruneRun) => void;
  /** A task failed. The next run retries it; the other tasks of this run continue. */
  readonly onError: (error: unknown, task: string) => void;
}

/**
 * "std" and "prn" in ASCII. A transaction-level lock, so that it works behind a pooler and no dead process can keep it.
 */
const lockKey = [0x737464, 0x70726e];

/**
 * Removes rows that are no longer needed at intervals, a few at a time. Every node may run one: of those that run at
 * the same time one removes, and the others stop.
 */
export class Pruning {
  readonly #options: PruningOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<PruneRun> | undefined;
  #stopped = false;

  constructor(options: PruningOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    // Random, so that nodes which started together do not prune together.
    const delayMs = this.#options.intervalSeconds * 1000 * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => void this.run().then(() => this.start()), delayMs);
  }

  /** Resolves once the current step is committed; no step follows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Removes everything that has expired by now. Never rejects. */
  async run(): Promise<PruneRun> {
    this.#running = this.#run();
    const run = await this.#running;
    this.#options.onRun(run);
    return run;
  }

  async #run(): Promise<PruneRun> {
    const began = performance.now();
    const removed: Record<string, number> = {};
    let outcome: PruneRun['outcome'] = 'done';
    for (const task of this.#options.tasks) {
      try {
        const end = await this.#finish(task, removed);
        if (end !== 'done') {
          outcome = outcome === 'failed' ? outcome : end;
          break;
        }
      } catch (error) {
        outcome = 'failed';
        this.#options.onError(error, task.name);
      }
    }
    return { outcome, removed, seconds: (performance.now() - began) / 1000 };
  }

  async #finish(task: PruneTask, removed: Record<string, number>): Promise<'done' | 'busy' | 'stopped'> {
    const [clock] = await this.#options.db.query<{ at: Date }>('SELECT now() AS at');
    if (!clock) throw new Error('SELECT now() returned no row');
    for (;;) {
      if (this.#stopped) return 'stopped';
      const step = await this.#step(task, clock.at);
      if (!step) return 'busy';
      for (const [table, rows] of Object.entries(step.removed)) removed[table] = (removed[table] ?? 0) + rows;
      if (!step.more) return 'done';
    }
  }

  /** @returns undefined where another process holds the lock */
  #step(task: PruneTask, at: Date): Promise<PruneStep | undefined> {
    return this.#options.db.transaction(async (tx) => {
      const [lock] = await tx.query<{ taken: boolean }>(
        'SELECT pg_try_advisory_xact_lock($1, $2) AS taken',
        lockKey,
      );
      return lock?.taken ? task.step(tx, at) : undefined;
    });
  }
}
