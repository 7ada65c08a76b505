import { type Comparison, takeTurns } from '../measure/rounds.ts';
import {
  deliver,
  keepablePace,
  type LiveRun,
  type LiveServer,
  type LiveSide,
  LiveStage,
  openSide,
} from './stage.ts';

/** Opens all sides, each with its audience: the service first, then the references. */
async function openAll(stage: LiveStage, listeners: number): Promise<LiveSide[]> {
  return openSides(stage, listeners, [() => stage.startBroadcast(), () => stage.startStock()]);
}

async function openSides(
  stage: LiveStage,
  listeners: number,
  references: readonly (() => Promise<LiveServer>)[],
): Promise<LiveSide[]> {
  const node = await stage.startNode();
  const servers = [node, ...(await stage.startVariants())];
  for (const start of references) servers.push(await start());
  const [frame = ''] = await stage.makeFrames(node, 1);
  const sides: LiveSide[] = [];
  for (const server of servers) sides.push(await openSide(stage, server, listeners, frame));
  return sides;
}

const count = (value: number): string => value.toLocaleString('en');

/** Measures the CPU cost of one delivery in the server's process, at a rate that it can sustain. */
export function benchDelivery(run: LiveRun, listeners: number): Promise<Comparison> {
  const { options, onProgress } = run;
  const title = `live: CPU of a delivery, ${count(listeners)} subscribers of one article`;
  return LiveStage.with(run, async (stage) => {
    const sides = await openAll(stage, listeners);
    const perSecond = keepablePace(listeners);
    const pace = { perSecond, count: Math.max(2, Math.ceil(perSecond * options.seconds)) };
    for (const side of sides) await deliver(stage, side, { perSecond, count: Math.ceil(pace.count / 2) });
    const results = await takeTurns(sides, options.rounds, async (side, round) => {
      const { cpu, deliveries, p50, p99 } = await deliver(stage, side, pace);
      const cpuUs = (cpu * 1000) / deliveries;
      onProgress(`${title}: round ${round + 1}, ${side.name}: ${cpuUs.toFixed(1)} µs`);
      return { cpuUs, deliveries, p50, p99 };
    });
    const columns = [
      { key: 'cpuUs', name: 'CPU µs/delivery', digits: 1 },
      { key: 'p50', name: 'p50 ms', digits: 1 },
      { key: 'p99', name: 'p99 ms', digits: 1 },
    ];
    return { title, columns, sides: results };
  });
}

/** Measures the latency from commit to receipt. */
export function benchLatency(run: LiveRun): Promise<Comparison> {
  const { options, onProgress, size } = run;
  const perSecond = 20;
  const title = `live: from commit to receipt, ${count(size.latency)} subscribers, ${perSecond} comments/s`;
  return LiveStage.with(run, async (stage) => {
    const sides = await openAll(stage, size.latency);
    const pace = { perSecond, count: Math.max(2, Math.ceil(perSecond * options.seconds)) };
    for (const side of sides) await deliver(stage, side, { perSecond, count: Math.ceil(pace.count / 2) });
    const results = await takeTurns(sides, options.rounds, async (side, round) => {
      const { cpu, deliveries, p50, p99 } = await deliver(stage, side, pace);
      onProgress(`${title}: round ${round + 1}, ${side.name}: ${p99.toFixed(1)} ms`);
      return { p50, p99, deliveries, cpuUs: (cpu * 1000) / deliveries };
    });
    const columns = [
      { key: 'p50', name: 'p50 ms', digits: 1 },
      { key: 'p99', name: 'p99 ms', digits: 1 },
      { key: 'cpuUs', name: 'CPU µs/delivery', digits: 1 },
    ];
    return { title, columns, sides: results };
  });
}

/**
 * Measures whether latency grows under a sustained rate, by comparing the first third of a longer run with its last.
 */
export function benchSustained(run: LiveRun): Promise<Comparison> {
  const { options, onProgress, size } = run;
  const perSecond = 40;
  const title = `live: lag under ${perSecond} comments/s, ${count(size.latency)} subscribers`;
  return LiveStage.with(run, async (stage) => {
    // Without the stock recipe, which cannot sustain this rate and would only prolong the run.
    const sides = await openSides(stage, size.latency, [() => stage.startBroadcast()]);
    const pace = { perSecond, count: Math.max(3, Math.ceil(perSecond * options.seconds * 3)) };
    for (const side of sides) await deliver(stage, side, { perSecond, count: Math.ceil(pace.count / 6) });
    const results = await takeTurns(sides, options.rounds, async (side, round) => {
      const { deliveries, firstP99, lastP99 } = await deliver(stage, side, pace);
      onProgress(
        `${title}: round ${round + 1}, ${side.name}: ${firstP99.toFixed(1)}, then ${lastP99.toFixed(1)} ms`,
      );
      return { firstP99, lastP99, growth: lastP99 / firstP99, deliveries };
    });
    const columns = [
      { key: 'firstP99', name: 'p99 ms, first third', digits: 1 },
      { key: 'lastP99', name: 'p99 ms, last third', digits: 1 },
      { key: 'growth', name: 'last / first', digits: 2 },
    ];
    return { title, columns, sides: results };
  });
}
