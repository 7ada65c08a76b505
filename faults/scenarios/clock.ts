import type { Scenario } from '../scenario.ts';

const hourMs = 3_600_000;

/** The service's wall clock is stepped forwards and backwards, while the database's clock runs on. */
export const clock: Scenario = {
  name: 'clock',
  title: 'The service’s clock is stepped by an hour, forth and back',
  async run(world, form) {
    const some = form === 'long' ? { stock: 20, plain: 80 } : { stock: 4, plain: 16 };
    const node = await world.startNode();
    const articleIds = world.articleIds(4);
    const crowd = await world.openCrowd({ urls: [node.url], articleIds, ...some }, { closes: [] });
    const writers = world.startWriters({ urls: [node.url], articleIds, count: 20, postsPerSecond: 40 });
    for (const byMs of [hourMs, -2 * hourMs, hourMs]) {
      await world.goOn(form === 'long' ? 3000 : 400);
      await node.ask({ do: 'stepClock', byMs });
      await world.expectHealthy(node, writers);
    }
    await world.goOn(500);
    const { max } = await crowd.latencies();
    return { steps: 3, 'max ms': max };
  },
};
