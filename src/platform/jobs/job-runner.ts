import type { Queryable } from '../db/database.ts';
import type { Clock } from '../time/clock.ts';
import { type DueJob, lookSql, selectBacklogs } from './job.queries.ts';
import type { Backlog, Job, JobMeasures } from './job.ts';

/** After so long without anything to do, a process looks no more often than that, in milliseconds. */
const [quietAfterMs, quietEveryMs] = [10_000, 3000];

/** Longest pause after failures in a row, in milliseconds, of jobs that are not as seldom by themselves. */
const longestPauseMs = 15_000;

/** Each wait is longer by up to this part of it, so that processes which started together do not look together. */
const jitter = 0.2;

/** Longest time of a timer of Node.js, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

const nothing: Backlog = { waiting: 0, oldestSeconds: 0 };

export interface JobRunnerOptions {
  readonly jobs: readonly Job[];
  readonly db: Queryable;
  readonly clock: Clock;
  readonly measures: JobMeasures;
  /** Calls a listener whenever this process has committed something. @returns stops that */
  readonly onCommitted: (listener: () => void) => () => void;
  /** A step failed, or (`look`) the look for work; it is tried again. */
  readonly onError: (job: string, error: unknown) => void;
}

/** A job and its time. */
interface Place {
  readonly job: Job;
  /** When it is looked for or run, unless it is woken. */
  restsUntil: number;
  /** When it is run because it was woken; undefined: it was not. */
  wokenUntil: number | undefined;
  /** Steps in a row that failed. */
  failures: number;
  running: Promise<void> | undefined;
}

const hasRows = (job: Job): job is DueJob => job.due !== undefined;

/**
 * Runs the jobs of a process. One timer wakes it for the job whose time comes next. Jobs that say in SQL what waits (`due`) share one
 * statement, the *look*, which also takes along those whose time is half over, so that their looks fall together; a step is run where
 * something waits. A job that is woken runs without a look. One step of a job runs at a time; different jobs run side by side.
 *
 * A process in which nothing happens, so that it has committed nothing, was not woken and has found nothing for ten seconds, waits three
 * seconds between two looks. The first commit ends that.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #places: readonly Place[];
  readonly #look: string;
  readonly #stopping = new AbortController();
  #unlisten: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #failedLooks = 0;
  /** When something has happened last. */
  #activeAt = performance.now();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#look = lookSql(options.jobs.filter(hasRows));
    this.#places = options.jobs.map((job) => ({
      job,
      restsUntil: 0,
      wokenUntil: undefined,
      failures: 0,
      running: undefined,
    }));
  }

  start(): void {
    this.#activeAt = performance.now();
    for (const place of this.#places) {
      if (Number.isFinite(place.job.everyMs)) this.#rest(place);
      const unlisten = place.job.wake?.(() => this.#wake(place));
      if (unlisten) this.#unlisten.push(unlisten);
    }
    this.#unlisten.push(this.#options.onCommitted(() => this.#happen()));
    this.#schedule();
  }

  /**
   * Resolves once the steps under way are over, and what they have begun; none follows. Does nothing unless it was started: where a
   * start of the service has failed, the database may lack the tables.
   */
  async stop(): Promise<void> {
    if (this.#unlisten.length === 0) return;
    this.#stopping.abort();
    clearTimeout(this.#timer);
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    await this.#looking;
    await Promise.all(this.#places.flatMap(({ running }) => running ?? []));
    await Promise.all(this.#places.map(({ job }) => this.#end(job)));
  }

  async #end(job: Job): Promise<void> {
    try {
      await job.end?.();
    } catch (error) {
      this.#options.onError(job.name, error);
    }
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  get #isQuiet(): boolean {
    return performance.now() - this.#activeAt > quietAfterMs;
  }

  #wake(place: Place): void {
    if (place.wokenUntil !== undefined || this.#isStopped) return;
    this.#happen();
    place.wokenUntil = performance.now() + (place.job.gatherMs ?? 0);
    this.#schedule();
  }

  /** Something has happened: what this process has to do next, it finds as soon as a busy one would. */
  #happen(): void {
    const [now, wasQuiet] = [performance.now(), this.#isQuiet];
    this.#activeAt = now;
    if (!wasQuiet || this.#isStopped) return;
    for (const place of this.#places)
      if (place.failures === 0) place.restsUntil = Math.min(place.restsUntil, now + place.job.everyMs);
    this.#schedule();
  }

  #rest(place: Place): void {
    const { everyMs } = place.job;
    const waitMs =
      place.failures > 0
        ? pauseMs(everyMs, place.failures)
        : Math.max(everyMs, this.#isQuiet ? quietEveryMs : 0);
    place.restsUntil = performance.now() + waitMs * (1 + Math.random() * jitter);
  }

  #nextTime(place: Place): number {
    if (place.running) return Infinity;
    const woken = place.failures === 0 ? place.wokenUntil : undefined;
    if (hasRows(place.job) && this.#looking) return woken ?? Infinity;
    return Math.min(place.restsUntil, woken ?? Infinity);
  }

  #schedule(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    const next = Math.min(...this.#places.map((place) => this.#nextTime(place)));
    if (next === Infinity) return;
    const waitMs = Math.max(0, next - performance.now());
    this.#timer = setTimeout(() => this.#begin(), Math.min(waitMs, longestTimerMs));
  }

  /** Begins whatever has its time now. */
  #begin(): void {
    const now = performance.now();
    let isLookDue = false;
    for (const place of this.#places) {
      if (this.#nextTime(place) > now) continue;
      const isWoken = place.failures === 0 && place.wokenUntil !== undefined && place.wokenUntil <= now;
      if (isWoken || !hasRows(place.job)) this.#run(place);
      else isLookDue = true;
    }
    if (isLookDue) this.#looking ??= this.#lookForWork(now).finally(() => this.#afterLook());
    this.#schedule();
  }

  #afterLook(): void {
    this.#looking = undefined;
    this.#schedule();
  }

  /** Never rejects. */
  async #lookForWork(now: number): Promise<void> {
    const { db, clock, measures, onError } = this.#options;
    const places = this.#places.filter(
      ({ job, running, restsUntil }) =>
        hasRows(job) && !running && restsUntil - Math.min(job.everyMs, quietEveryMs) / 2 <= now,
    );
    try {
      const found = await selectBacklogs(db, this.#look, clock.now());
      this.#failedLooks = 0;
      for (const { job } of this.#places)
        if (hasRows(job)) measures.showBacklog(job.name, sum(found.get(job.name), job.backlog?.()));
      if (this.#isStopped) return;
      for (const place of places) {
        if (place.running) continue;
        const { job } = place;
        if (sum(found.get(job.name), job.backlog?.()).waiting > 0) this.#run(place);
        else {
          measures.countJobRun(job.name);
          this.#rest(place);
        }
      }
    } catch (error) {
      if (this.#isStopped) return;
      this.#failedLooks += 1;
      onError('look', error);
      for (const place of places)
        place.restsUntil = Math.max(
          place.restsUntil,
          performance.now() + pauseMs(Math.min(place.job.everyMs, longestPauseMs), this.#failedLooks),
        );
    }
  }

  #run(place: Place): void {
    place.wokenUntil = undefined;
    place.running = this.#steps(place).finally(() => {
      place.running = undefined;
      if (Number.isFinite(place.job.everyMs) || place.failures > 0) this.#rest(place);
      else place.restsUntil = Infinity;
      this.#schedule();
    });
  }

  /** Runs steps until there is nothing more to do. Never rejects. */
  async #steps(place: Place): Promise<void> {
    const { measures, onError } = this.#options;
    const { job } = place;
    const { signal } = this.#stopping;
    let result: 'more' | 'idle';
    do {
      const begun = performance.now();
      try {
        result = await job.step(signal);
        place.failures = 0;
      } catch (error) {
        result = 'idle';
        if (!signal.aborted) {
          place.failures += 1;
          onError(job.name, error);
        }
      }
      measures.countJobRun(job.name, (performance.now() - begun) / 1000);
      if (!hasRows(job)) measures.showBacklog(job.name, job.backlog?.() ?? nothing);
      if (result === 'more') this.#happen();
    } while (result === 'more' && !signal.aborted);
  }
}

/** Pause after failures in a row: it doubles. */
const pauseMs = (everyMs: number, failures: number): number =>
  Math.max(
    Number.isFinite(everyMs) ? everyMs : 0,
    Math.min(Math.min(everyMs, 1000) * 2 ** failures, longestPauseMs),
  );

const sum = (one = nothing, other = nothing): Backlog => ({
  waiting: one.waiting + other.waiting,
  oldestSeconds: Math.max(one.oldestSeconds, other.oldestSeconds),
});
