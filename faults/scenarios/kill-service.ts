import type { Scenario } from '../scenario.ts';

/** The service is killed by `kill -9` repeatedly. */
export const killService: Scenario = {
  name: 'kill-service',
  title: 'The service is killed (`kill -9`) again and again',
  longOnly: true,
  async run(world, form) {
    const [kills, stock, plain, writers] = form === 'long' ? [10, 20, 180, 50] : [1, 4, 36, 20];
    const node = await world.startNode();
    const articleIds = world.articleIds(4);
    await world.openCrowd({ urls: [node.url], articleIds, stock, plain });
    world.startWriters({ urls: [node.url], articleIds, count: writers, postsPerSecond: 60 });
    for (let kill = 0; kill < kills; kill++) {
      await world.goOn(form === 'long' ? 2000 : 500);
      await node.kill();
      await node.start();
    }
    await world.goOn(500);
    return { kills };
  },
};
