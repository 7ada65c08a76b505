import type { Scenario } from '../scenario.ts';

const patienceMs = 60_000;

/** All clients are disconnected at once, and reconnect at once. */
export const allCut: Scenario = {
  name: 'all-cut',
  title: 'All clients are cut at once, and come back',
  async run(world, form) {
    const [subscribers, postsPerSecond] = form === 'long' ? [5000, 5] : [300, 10];
    const node = await world.startNode();
    const articleIds = world.articleIds(5);
    const half = { urls: [node.url], articleIds, stock: 0, plain: subscribers / 2 };
    const crowds = [await world.openCrowd(half), await world.openCrowd(half)];
    const writers = world.startWriters({ urls: [node.url], articleIds, count: 10, postsPerSecond });
    await world.goOn(form === 'long' ? 5000 : 500);
    const before = await node.ask<number>({ do: 'memory' });
    await Promise.all(crowds.map((crowd) => crowd.each('cut')));
    const taken = writers.untilAcknowledged(patienceMs);
    const back = await Promise.all(crowds.map((crowd) => crowd.live(patienceMs)));
    const missing = back.reduce((sum, arrival) => sum + arrival.missing, 0);
    world.expect(missing === 0, `${missing} of ${subscribers} were not back within ${patienceMs} ms`);
    const after = await node.ask<number>({ do: 'memory' });
    return {
      'all back after ms': Math.round(Math.max(...back.map(({ milliseconds }) => milliseconds))),
      'comment taken after ms': Math.round(await taken),
      'memory MB': `${Math.round(before / 2 ** 20)} → ${Math.round(after / 2 ** 20)}`,
    };
  },
};
