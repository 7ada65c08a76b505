/** What waits for a job. */
export interface Backlog {
  /** How much waits; counted up to `maxCounted`. */
  readonly waiting: number;
  /** Since when the oldest of it waits, in seconds; 0: nothing waits. */
  readonly oldestSeconds: number;
}

/** Rows that a look counts at most for one job. */
export const maxCounted = 1000;

/**
 * Work that no request waits for. Every process runs every job, so a step takes what it works on: by a row lock, a lease
 * (`Leases`), or a lock of the transaction. What is to be done stands in rows, and a step that is repeated does no harm.
 */
export interface Job {
  /** Names the job in metrics and in the log. */
  readonly name: string;
  /**
   * SQL of what waits: selects the time since which each row does, by an index, also where there are none. `$1` is the service's time.
   * The runner asks for all jobs in one statement, and runs the step only where something waits. Undefined: the step is run each time.
   */
  readonly due: string | undefined;
  /** Time between two looks for work, in milliseconds; longer while nothing happens. `Infinity`: the job runs once, at the start. */
  readonly everyMs: number;
  /** Calls a listener when there is something to do, so that the next step need not wait. @returns stops that */
  readonly wake?: (listener: () => void) => () => void;
  /** Time between a call of the listener and the step, in milliseconds: what comes in a busy time is done together. Default: 0. */
  readonly gatherMs?: number;
  /** What waits beside the rows of `due`, as this process knows. */
  readonly backlog?: () => Backlog;
  /**
   * Does a part of the work, in a transaction or a few.
   * @param signal aborted when the service stops, which waits for the step
   * @returns `more`: there may be more to do at once
   * @throws whatever keeps the job from going on: it is tried again after a pause, which grows
   */
  readonly step: (signal: AbortSignal) => Promise<'more' | 'idle'>;
  /** Resolves once everything is over that steps have begun. Called when the service stops, after the last step. */
  readonly end?: () => Promise<void>;
}

/** What operators see of jobs. */
export interface JobMeasures {
  /** A step has ended, or was not needed. @param seconds undefined: a look has found nothing to do */
  readonly countJobRun: (job: string, seconds?: number) => void;
  readonly showBacklog: (job: string, backlog: Backlog) => void;
}
