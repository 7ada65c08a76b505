import { setTimeout as sleep } from 'node:timers/promises';
import type { Crowd } from '../clients/crowd.ts';
import type { Latencies } from '../clients/crowd-process.ts';
import type { Scenario } from '../scenario.ts';
import type { Redis } from '../../harness/servers/redis.ts';
import type { World } from '../world/world.ts';

/** Two poll intervals: one poll may have begun before the event. */
const withoutRedisMs = 2000;
const withRedisMs = 200;
/** The longest wait of a node before it retries Redis, and time for some events. */
const reconnectedMs = 5000;

/** Writers use one node and readers the other, and Redis between them is unavailable for a while. */
/** @param away makes Redis unavailable for a time, and available again */
const withoutRedis =
  (away: (redis: Redis, milliseconds: number, wait: World['goOn']) => Promise<void>): Scenario['run'] =>
  async (world, form) => {
    const awayMs = form === 'long' ? 60_000 : 2500;
    const some = form === 'long' ? { stock: 10, plain: 40 } : { stock: 2, plain: 10 };
    const { nodes, redis } = await world.startPair();
    const [writing, reading] = nodes;
    const articleIds = world.articleIds(2);
    const crowd = await world.openCrowd({ urls: [reading.url], articleIds, ...some }, { closes: [] });
    world.startWriters({ urls: [writing.url], articleIds, count: 10, postsPerSecond: 15 });
    await world.goOn(1000);
    const before = await crowd.latencies();
    await away(redis, awayMs, (milliseconds) => world.goOn(milliseconds));
    const without = await crowd.latencies();
    const quickMs = Math.max(withRedisMs, 2 * before.p50);
    const back = await untilQuick(crowd, quickMs, reconnectedMs * world.leeway);
    const withoutMs = withoutRedisMs * world.leeway;
    world.expect(
      without.count > 0 && without.max <= withoutMs,
      `without Redis an event took ${without.max} ms`,
    );
    world.expect(back.count > 0 && back.p50 <= quickMs, `with Redis back events took ${back.p50} ms`);
    return { 'p50 before ms': before.p50, 'max without ms': without.max, 'p50 after ms': back.p50 };
  };

export const redisAway: Scenario = {
  name: 'redis-away',
  title: 'Redis is stopped, and started again',
  needsRedis: true,
  run: withoutRedis(async ({ server }, milliseconds, wait) => {
    await server.stop('SIGKILL');
    await wait(milliseconds);
    await server.start();
  }),
};

export const redisFrozen: Scenario = {
  name: 'redis-frozen',
  title: 'Redis is frozen (SIGSTOP)',
  needsRedis: true,
  longOnly: true,
  run: withoutRedis(({ server }, milliseconds) => server.freeze(milliseconds)),
};

/** Checks the latencies of each second until they are short enough, or the time is over. */
async function untilQuick(crowd: Crowd, quickMs: number, withinMs: number): Promise<Latencies> {
  await crowd.latencies();
  for (const overdue = performance.now() + withinMs; ;) {
    await sleep(1000);
    const latencies = await crowd.latencies();
    if ((latencies.count > 0 && latencies.p50 <= quickMs) || performance.now() > overdue) return latencies;
  }
}
