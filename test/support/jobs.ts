import type { Job } from '../../src/platform/jobs/job.ts';

/** Runs a job until it has nothing more to do, as a node would that finds something waiting. */
export async function runJob({ step }: Pick<Job, 'step'>): Promise<void> {
  const { signal } = new AbortController();
  while ((await step(signal)) === 'more');
}
