/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { NodeMetrics, type WorkerMetrics } from '../../../src/platform/workers/node-metrics.ts';

/** The metrics of a worker that has answered requests. */
function worker({ requests, sockets, lag }: { requests: number; sockets: number; lag: number }) {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'requests_total', help: 'Requests', registers }).inc(requests);
  new Gauge({ name: 'sockets', help: 'Sockets', registers }).set(sockets);
  new Gauge({ name: 'nodejs_eventloop_lag_p99_seconds', help: 'Lag', registers }).set(lag);
  const seconds = new Histogram({ name: 'seconds', help: 'Seconds', buckets: [1], registers });
  for (let count = 0; count < requests; count++) seconds.observe(0.5);
  return registry.getMetricsAsJSON() as unknown as Promise<WorkerMetrics>;
}

/** Values by name and labels, as text. */
async function valuesOf(metrics: NodeMetrics): Promise<ReadonlyMap<string, string>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => line.split(/ (?=\S+$)/) as [string, string]));
}

it('adds up counts and gauges, and shows the longest lag', async () => {
  const metrics = new NodeMetrics(() => 2);
  metrics.update(1, await worker({ requests: 3, sockets: 10, lag: 0.5 }));
  metrics.update(2, await worker({ requests: 4, sockets: 20, lag: 90 }));
  const values = await valuesOf(metrics);
  expect(values.get('requests_total')).toBe('7');
  expect(values.get('sockets')).toBe('30');
  expect(values.get('seconds_bucket{le="1"}')).toBe('7');
  expect(values.get('seconds_count')).toBe('7');
  expect(values.get('nodejs_eventloop_lag_p99_seconds')).toBe('90');
  expect(values.get('standfirst_workers')).toBe('2');
  expect(Number(values.get('process_start_time_seconds'))).toBeGreaterThan(1_500_000_000);
});

it('keeps what ended workers have counted, and not what they held', async () => {
  const metrics = new NodeMetrics(() => 1);
  metrics.update(1, await worker({ requests: 3, sockets: 10, lag: 0 }));
  for (const requests of [4, 5]) {
    metrics.update(2, await worker({ requests, sockets: 20, lag: 90 }));
    metrics.end(2);
  }
  metrics.update(2, await worker({ requests: 1, sockets: 1, lag: 1 }));
  const values = await valuesOf(metrics);
  expect(values.get('requests_total')).toBe('13');
  expect(values.get('seconds_count')).toBe('13');
  expect(values.get('seconds_bucket{le="1"}')).toBe('13');
  expect(values.get('sockets')).toBe('11');
  expect(values.get('standfirst_worker_ends_total')).toBe('2');
});
