import type { HintFaults } from '../preload/hints.ts';
import type { Scenario } from '../scenario.ts';
import type { ServiceNode } from '../world/service-node.ts';

/** Two poll intervals, and some margin. */
const mostMs = 2500;

/** Hints are lost, duplicated and reordered. */
export const hints: Scenario = {
  name: 'hints',
  title: 'Hints between nodes are lost, doubled and reordered',
  needsRedis: true,
  async run(world, form) {
    const some = form === 'long' ? { stock: 10, plain: 40 } : { stock: 2, plain: 10 };
    const { nodes } = await world.startPair();
    const articleIds = world.articleIds(2);
    const crowd = await world.openCrowd(
      { urls: nodes.map(({ url }) => url), articleIds, ...some },
      { closes: [] },
    );
    await spoil(nodes, { lost: 0.3, doubled: 0.3, late: 0.4 });
    world.startWriters({ urls: nodes.map(({ url }) => url), articleIds, count: 20, postsPerSecond: 40 });
    await world.goOn(form === 'long' ? 20_000 : 2500);
    await spoil(nodes, { lost: 0, doubled: 0, late: 0 });
    const { max, p50 } = await crowd.latencies();
    world.expect(max <= mostMs * world.leeway, `an event took ${max} ms`);
    return { 'p50 ms': p50, 'max ms': max };
  },
};

async function spoil(nodes: readonly ServiceNode[], faults: Omit<HintFaults, 'seed'>): Promise<void> {
  for (const [seed, node] of nodes.entries())
    await node.ask({ do: 'spoilHints', faults: { seed, ...faults } });
}
