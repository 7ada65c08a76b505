import type { Database, Tx } from './database.ts';

/** What one step of a task has removed, rows by table, and whether it may have left some. */
export interface PruneStep {
  readonly removed: Readonly<Record<string, number>>;
  readonly more: boolean;
}

/** One kind of rows that are of no use any more. */
export interface PruneTask {
  readonly name: string;
  /**
   * Removes a few of them, in a transaction of its own: whoever writes beside it waits for milliseconds at most.
   * @param at the database's time when the task began: what becomes old meanwhile is left to the next one
   */
  readonly step: (tx: Tx, at: Date) => Promise<PruneStep>;
}

/** What came of one run. */
export interface PruneRun {
  /** `busy`: somebody else was at it, so what is left is left to them. */
  readonly outcome: 'done' | 'busy' | 'failed' | 'stopped';
  /** Rows by table; a table that a task did not get to is missing. */
  readonly removed: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface PruningOptions {
  readonly db: Database;
  readonly tasks: readonly PruneTask[];
  /** About how long between two runs. */
  readonly intervalSeconds: number;
  readonly onRun: (run: PruneRun) => void;
  /** A task failed; it is tried again with the next run, and the others are not kept from theirs. */
  readonly onError: (error: unknown, task: string) => void;
}

/** "std" and "prn". Held for one transaction, so that it works behind a pooler and outlives nobody. */
const lockKey = [0x737464, 0x70726e];

/**
 * Removes what is of no use any more, now and then, a few rows at a time. Every node may have one: of those that try at
 * once one removes, and the others leave it to that.
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
    // At random, so that nodes which started together don't go on together.
    const delayMs = this.#options.intervalSeconds * 1000 * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => void this.run().then(() => this.start()), delayMs);
  }

  /** Resolves once the step under way is committed; none comes after. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Removes all that there is to remove by now. Never rejects. */
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
    if (!clock) throw new Error('The database has no time');
    for (;;) {
      if (this.#stopped) return 'stopped';
      const step = await this.#step(task, clock.at);
      if (!step) return 'busy';
      for (const [table, rows] of Object.entries(step.removed)) removed[table] = (removed[table] ?? 0) + rows;
      if (!step.more) return 'done';
    }
  }

  /** @returns undefined where somebody else is at it */
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
