import type { Scenario } from '../scenario.ts';

/** Clients load the page and subscribe from its cursor while others write. */
export const races: Scenario = {
  name: 'races',
  title: 'Loading the page and listening from its cursor, while others write',
  async run(world, form) {
    const [count, lanes, postsPerSecond] = form === 'long' ? [1000, 25, 60] : [100, 10, 30];
    const node = await world.startNode();
    const articleIds = world.articleIds(2);
    const crowd = await world.openCrowd({ urls: [node.url], articleIds, stock: 2, plain: 0 });
    world.startWriters({ urls: [node.url], articleIds, count: 30, postsPerSecond });
    await crowd.race({ url: node.url, articleIds, count, lanes });
    return { races: count };
  },
};
