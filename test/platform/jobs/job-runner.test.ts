/** @database none */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Queryable } from '../../../src/platform/db/database.ts';
import type { Backlog, Job } from '../../../src/platform/jobs/job.ts';
import { JobRunner } from '../../../src/platform/jobs/job-runner.ts';
import { systemClock } from '../../../src/platform/time/clock.ts';

/** What waits, by job; an error: looks fail. */
let rows: Map<string, number> | Error;
/** When looks and steps began, since the start of the test, in milliseconds. */
let looks: number[];
let steps: [string, number][];
let failures: [string, string][];
let runs: [string, boolean][];
let backlogs: Map<string, Backlog>;
let commit: () => void;
let begunAt: number;
const runners: JobRunner[] = [];

const now = (): number => Math.round(performance.now() - begunAt);
const atSteps = (name: string): number[] => steps.flatMap(([job, at]) => (job === name ? [at] : []));

const db: Queryable = {
  query: <Row>() => {
    looks.push(now());
    if (rows instanceof Error) return Promise.reject(rows);
    return Promise.resolve([...rows].map(([name, waiting]) => ({ name, waiting, age: waiting })) as Row[]);
  },
};

/** A job whose steps are noted. */
const jobOf = (job: Partial<Job> & Pick<Job, 'name'>): Job => ({
  due: undefined,
  everyMs: 1000,
  ...job,
  step: (signal) => {
    steps.push([job.name, now()]);
    return job.step?.(signal) ?? Promise.resolve('idle');
  },
});

function start(...jobs: Job[]): JobRunner {
  const runner = new JobRunner({
    jobs,
    db,
    clock: systemClock,
    measures: {
      countJobRun: (job, seconds) => runs.push([job, seconds !== undefined]),
      showBacklog: (job, backlog) => backlogs.set(job, backlog),
    },
    onCommitted: (listener) => {
      commit = listener;
      return () => (commit = () => undefined);
    },
    onError: (job, error) => failures.push([job, (error as Error).message]),
  });
  runners.push(runner);
  runner.start();
  return runner;
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const random = Math.random;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  Math.random = () => 0;
  [rows, looks, steps, failures, runs, backlogs, begunAt] = [
    new Map(),
    [],
    [],
    [],
    [],
    new Map(),
    performance.now(),
  ];
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
  Math.random = random;
});

describe('jobs that say what waits', () => {
  it('share one look, and run where something waits', async () => {
    rows = new Map([
      ['mails', 3],
      ['money', 0],
    ]);
    start(
      jobOf({ name: 'mails', due: 'SELECT 1' }),
      jobOf({ name: 'money', due: 'SELECT 1', everyMs: 1200 }),
    );
    await pass(3500);
    expect(looks).toEqual([1000, 2000, 3000]);
    expect(steps).toEqual([
      ['mails', 1000],
      ['mails', 2000],
      ['mails', 3000],
    ]);
    expect(backlogs.get('mails')).toEqual({ waiting: 3, oldestSeconds: 3 });
    expect(backlogs.get('money')).toEqual({ waiting: 0, oldestSeconds: 0 });
    expect(runs).toContainEqual(['money', false]);
    expect(runs).toContainEqual(['mails', true]);
  });

  it('run again at once while there is more', async () => {
    rows = new Map([['mails', 1]]);
    let left = 3;
    start(jobOf({ name: 'mails', due: '', step: () => Promise.resolve((left -= 1) > 0 ? 'more' : 'idle') }));
    await pass(1500);
    expect(atSteps('mails')).toEqual([1000, 1000, 1000]);
  });

  it('run without a look when they are woken, after the time in which more may come', async () => {
    let wake = (): void => undefined;
    start(
      jobOf({
        name: 'webhooks',
        due: '',
        everyMs: 600_000,
        gatherMs: 100,
        wake: (listener) => {
          wake = listener;
          return () => undefined;
        },
      }),
    );
    await pass(50);
    for (let n = 0; n < 3; n++) wake();
    await pass(150);
    expect([atSteps('webhooks'), looks]).toEqual([[150], []]);
  });

  it('run for what waits in memory alone', async () => {
    start(jobOf({ name: 'money', due: '', backlog: () => ({ waiting: 1, oldestSeconds: 7 }) }));
    await pass(1000);
    expect(atSteps('money')).toEqual([1000]);
    expect(backlogs.get('money')).toEqual({ waiting: 1, oldestSeconds: 7 });
  });

  it('are looked for again after a look that failed, after pauses that grow, and others go on', async () => {
    rows = new Error('gone');
    start(jobOf({ name: 'mails', due: '' }), jobOf({ name: 'pruning', everyMs: 5000 }));
    await pass(8000);
    expect(looks).toEqual([1000, 3000, 7000]);
    expect(failures).toEqual(Array.from({ length: 3 }, () => ['look', 'gone']));
    expect(atSteps('pruning')).toEqual([5000]);
    rows = new Map([['mails', 1]]);
    await pass(9000);
    expect(atSteps('mails')[0]).toBe(15_000);
  });
});

describe('a job', () => {
  it('that fails is tried again after pauses that grow to a bound, and no other waits for it', async () => {
    const step = (): Promise<'idle'> => Promise.reject(new Error('broken'));
    start(jobOf({ name: 'broken', step }), jobOf({ name: 'well', everyMs: 3000 }));
    await pass(62_000);
    expect(atSteps('broken')).toEqual([1000, 3000, 7000, 15_000, 30_000, 45_000, 60_000]);
    expect(failures).toContainEqual(['broken', 'broken']);
    expect(atSteps('well')).toHaveLength(20);
  });

  it('that fails is not tried any sooner because it is woken', async () => {
    let wake = (): void => undefined;
    const step = (): Promise<'idle'> => Promise.reject(new Error('broken'));
    const listen = (listener: () => void) => {
      wake = listener;
      return () => undefined;
    };
    start(jobOf({ name: 'broken', step, wake: listen }));
    await pass(1500);
    wake();
    await pass(1400);
    expect(atSteps('broken')).toEqual([1000]);
    await pass(200);
    expect(atSteps('broken')).toEqual([1000, 3000]);
  });

  it('waits for up to a fifth longer than it asks for', async () => {
    Math.random = () => 0.999;
    start(jobOf({ name: 'late' }));
    await pass(1199);
    expect(atSteps('late')).toEqual([]);
    await pass(1);
    expect(atSteps('late')).toHaveLength(1);
  });

  it('runs once if it asks for no more, again only after a failure', async () => {
    let failed = 0;
    const step = (): Promise<'idle'> =>
      (failed += 1) < 3 ? Promise.reject(new Error('broken')) : Promise.resolve('idle');
    start(jobOf({ name: 'once', everyMs: Infinity, step }));
    await pass(600_000);
    expect(atSteps('once')).toEqual([0, 2000, 6000]);
  });

  it('never runs beside itself, and the service waits for its step and what that has begun', async () => {
    let end = (): void => undefined;
    let aborted = false;
    const step = (signal: AbortSignal) =>
      new Promise<'more'>((resolve) => {
        end = () => {
          aborted = signal.aborted;
          resolve('more');
        };
      });
    let isEnded = false;
    const runner = start(jobOf({ name: 'long', step, end: () => Promise.resolve(void (isEnded = true)) }));
    await pass(10_000);
    expect(atSteps('long')).toEqual([1000]);
    let isStopped = false;
    const stopping = runner.stop().then(() => (isStopped = true));
    await pass(1000);
    expect([isStopped, isEnded]).toEqual([false, false]);
    end();
    await stopping;
    expect([aborted, isEnded, atSteps('long')]).toEqual([true, true, [1000]]);
  });
});

describe('a process in which nothing happens', () => {
  it('looks every three seconds after ten, and as often as before from the next commit on', async () => {
    start(jobOf({ name: 'mails', due: '' }), jobOf({ name: 'site log' }));
    await pass(40_000);
    const quiet = [...looks, ...atSteps('site log')].filter((at) => at > 20_000);
    expect(quiet.length / 20).toBeLessThanOrEqual(0.7);
    const before = looks.length;
    commit();
    await pass(1000);
    expect(looks.length).toBe(before + 1);
    await pass(5000);
    expect(looks.length).toBe(before + 6);
  });

  it('does the seldom as seldom as ever', async () => {
    start(jobOf({ name: 'pruning', everyMs: 60_000 }));
    await pass(200_000);
    expect(atSteps('pruning')).toEqual([60_000, 120_000, 180_000]);
  });
});
