import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Registers the metrics of jobs. Of several workers the greatest value counts, because all of them look at the same rows. */
export function jobMetrics(registry: Registry) {
  const shared = { labelNames: ['job'] as const, registers: [registry] };
  const greatest = (name: string, help: string) =>
    new Gauge({ name: `standfirst_job_${name}`, help, aggregator: 'max', ...shared });
  return {
    seconds: new Histogram({
      name: 'standfirst_job_seconds',
      help: 'Time of a step of a job',
      buckets: [0.01, 0.1, 1, 10, 60],
      ...shared,
    }),
    failures: new Counter({
      name: 'standfirst_job_failures_total',
      help: 'Steps of a job that failed, and parts of them',
      ...shared,
    }),
    lastRun: greatest('last_run_timestamp_seconds', 'When a step of a job ended, or had nothing to do'),
    waiting: greatest('waiting', 'How much waited for a job at the last look, up to 1000'),
    oldest: greatest('oldest_seconds', 'Since when the oldest of that had waited'),
  };
}
