import type { Scenario } from '../scenario.ts';

/** Writers use one node and readers the other, and each node is killed in turn. */
export const nodesKilled: Scenario = {
  name: 'nodes-killed',
  longOnly: true,
  title: 'Writers at one node, readers at the other, each killed in turn',
  needsRedis: true,
  async run(world, form) {
    const rounds = form === 'long' ? 4 : 1;
    const some = form === 'long' ? { stock: 20, plain: 80 } : { stock: 4, plain: 20 };
    const { nodes } = await world.startPair();
    const [writing, reading] = nodes;
    const articleIds = world.articleIds(4);
    await world.openCrowd({ urls: [reading.url], articleIds, ...some });
    world.startWriters({ urls: [writing.url], articleIds, count: 20, postsPerSecond: 40 });
    for (let round = 0; round < rounds; round++) {
      for (const node of nodes) {
        await world.goOn(form === 'long' ? 2000 : 500);
        await node.kill();
        await node.start();
      }
    }
    await world.goOn(500);
    return { kills: rounds * nodes.length };
  },
};
