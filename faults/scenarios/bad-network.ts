import type { Scenario } from '../scenario.ts';

/** Connections between clients and service are slow, split into single bytes, reset within a frame, or half-open. */
export const badNetwork: Scenario = {
  name: 'bad-network',
  title: 'A network that delays, slices, resets in mid-frame and goes half-open',
  async run(world, form) {
    const some = form === 'long' ? { stock: 30, plain: 70 } : { stock: 6, plain: 14 };
    const node = await world.startNode({ SOCKET_PING_MS: '2000' });
    const network = await world.openBadNetwork(node);
    const articleIds = world.articleIds(2);
    await world.openCrowd({ urls: [network.url], articleIds, ...some, keepAliveMs: 2000 });
    world.startWriters({ urls: [node.url, network.url], articleIds, count: 20, postsPerSecond: 30 });
    await world.goOn(form === 'long' ? 30_000 : 3000);
    network.calm();
    return {
      connections: Object.entries(network.counts)
        .map(([name, count]) => `${count} ${name}`)
        .join(', '),
    };
  },
};
