import { EventLog } from '../../src/platform/events/log.ts';
import { MoneyRecorder } from '../../src/features/funding/collection/money-recorder.ts';
import { FundingJob, type FundingJobOptions } from '../../src/features/funding/collection/funding-job.ts';
import { PledgeService } from '../../src/features/funding/pledge/pledge.service.ts';
import { UnlockService } from '../../src/features/funding/campaign/unlock.service.ts';
import { Inbox } from '../../src/features/notifications/inbox/inbox.ts';
import { Leases } from '../../src/platform/jobs/leases.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import type { TestApp } from './app.ts';

/** Settings with which the service does no work on money by itself: a test runs the worker when it wants to. */
export const noFundingWork = { FUNDING_POLL_MS: '600000' };

export type TestWorkerOptions = Partial<
  Omit<FundingJobOptions, 'db' | 'pledges' | 'collection' | 'unlocks'>
> &
  Pick<FundingJobOptions, 'provider' | 'onError'> & { readonly graceMs: number };

/** A worker on the database of a service, as another node would have it. */
export function newFundingWorker(
  { app: { db, bus } }: TestApp,
  { graceMs, clock = systemClock, leases, ...options }: TestWorkerOptions,
): FundingJob {
  const parts = { db, log: new EventLog(bus), clock };
  const returnUrl = (slug: string | null): string => `https://news.example.org/${slug}`;
  return new FundingJob({
    ...parts,
    pledges: new PledgeService({ ...parts, provider: options.provider, returnUrl }),
    recorder: new MoneyRecorder({ ...parts, inbox: new Inbox(bus), graceMs }),
    unlocks: new UnlockService(parts),
    leases: leases ?? new Leases({ db, onError: options.onError }),
    everyMs: 1000,
    ...options,
  });
}

/** A worker that runs when it is told to. A failed piece of work fails the run. */
export function fundingWorker(
  app: TestApp,
  provider: FundingJobOptions['provider'],
  { graceMs = 7 * 86_400_000, ...options }: Partial<Pick<TestWorkerOptions, 'clock' | 'graceMs'>> = {},
): { run(): Promise<void> } {
  const errors: unknown[] = [];
  const worker = newFundingWorker(app, {
    ...options,
    provider,
    graceMs,
    onError: (error) => errors.push(error),
  });
  return {
    run: async () => {
      if (!(await worker.run())) throw new Error('Another node holds the lease');
      // Another worker of the test need not wait until the lease ends.
      await app.app.db.query('DELETE FROM funding_lease');
      const [error] = errors.splice(0);
      if (error !== undefined) throw new Error('The worker failed', { cause: error });
    },
  };
}
