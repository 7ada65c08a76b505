import type { Comparison } from '../measure/rounds.ts';
import { type BenchOptions, type LivePart, liveParts } from '../options.ts';
import { profileUnder } from '../profile.ts';
import { benchComeBack } from './come-back.bench.ts';
import { benchDelivery, benchLatency, benchSustained } from './delivery.bench.ts';
import { benchMemory } from './memory.bench.ts';
import { deliver, keepablePace, type LiveRun, LiveStage, openSide, prepareRun } from './stage.ts';
import { benchSite } from './site.bench.ts';
import { benchUnwatched, benchWidth } from './width.bench.ts';

const parts: Readonly<Record<LivePart, (run: LiveRun) => Promise<Comparison | Comparison[]>>> = {
  delivery: async (run) => {
    const comparisons: Comparison[] = [];
    for (const listeners of run.size.delivery) comparisons.push(await benchDelivery(run, listeners));
    return comparisons;
  },
  latency: benchLatency,
  sustained: benchSustained,
  memory: benchMemory,
  return: benchComeBack,
  width: benchWidth,
  unwatched: benchUnwatched,
  site: benchSite,
};

/** Compares the cost of subscribers and deliveries with a bare broadcast of the same bytes and the stock recipe. */
export async function benchLive(
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  const run = await prepareRun(databaseUrl, options, process.env.REDIS_URL || undefined, onProgress);
  if (run.redisUrl === undefined) onProgress('without REDIS_URL the service polls: its latency is no figure');
  const comparisons: Comparison[] = [];
  for (const part of liveParts.filter((name) => options.parts.includes(name))) {
    const made = await parts[part](run);
    comparisons.push(...(Array.isArray(made) ? made : [made]));
  }
  return comparisons;
}

/** Profiles the service while it delivers comments. */
export async function profileLive(
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
): Promise<string> {
  const run = await prepareRun(databaseUrl, options, process.env.REDIS_URL || undefined, onProgress);
  return LiveStage.with(run, async (stage) => {
    const side = await openSide(stage, await stage.startNode(), run.size.latency, '');
    const perSecond = keepablePace(run.size.latency);
    return profileUnder(
      `${perSecond} comments/s to ${run.size.latency} subscribers`,
      side.server.process,
      (seconds) => deliver(stage, side, { perSecond, count: Math.ceil(perSecond * seconds) }),
      options,
    );
  });
}
