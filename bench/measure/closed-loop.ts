import { createHistogram } from 'node:perf_hooks';

/** What some lanes did in one measurement. Latencies in milliseconds. */
export interface LoopResult {
  readonly count: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Lets a fixed number of lanes do one thing after the other, each its next one as soon as the last is done, until the
 * time is up; what is under way then is finished. Throws with the first thing that fails: a figure with failures in it
 * says nothing.
 */
export async function closedLoop(
  lanes: number,
  seconds: number,
  once: (lane: number) => Promise<void>,
): Promise<LoopResult> {
  const histogram = createHistogram();
  const start = performance.now();
  const end = start + seconds * 1000;
  const runLane = async (lane: number): Promise<void> => {
    for (let begun = performance.now(); begun < end; begun = performance.now()) {
      await once(lane);
      histogram.record(Math.max(1, Math.round((performance.now() - begun) * 1000)));
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  return {
    count: histogram.count,
    perSecond: (histogram.count * 1000) / (performance.now() - start),
    p50: histogram.percentile(50) / 1000,
    p99: histogram.percentile(99) / 1000,
  };
}
