import { createHistogram } from 'node:perf_hooks';

/** Result of one measurement over all lanes. Latencies in milliseconds. */
export interface LoopResult {
  readonly count: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Runs a fixed number of lanes, each of which starts its next iteration as soon as the last is done, until the time is
 * up; iterations under way are then finished. Throws the first failure, because a figure with failures is meaningless.
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
