import type { Scenario } from '../scenario.ts';

/** PostgreSQL is stopped in immediate mode and recovers. */
export const postgresCrash: Scenario = {
  name: 'postgres-crash',
  title: 'PostgreSQL is restarted in immediate mode',
  async run(world, form) {
    const crashes = form === 'long' ? 3 : 1;
    const some = form === 'long' ? { stock: 20, plain: 80 } : { stock: 4, plain: 20 };
    const node = await world.startNode();
    const articleIds = world.articleIds(4);
    await world.openCrowd({ urls: [node.url], articleIds, ...some }, { closes: [1013] });
    const writers = world.startWriters({ urls: [node.url], articleIds, count: 20, postsPerSecond: 40 });
    let slowest = 0;
    for (let crash = 0; crash < crashes; crash++) {
      await world.goOn(form === 'long' ? 3000 : 500);
      await world.postgres.crash();
      await world.goOn(form === 'long' ? 2000 : 300);
      await world.postgres.start();
      slowest = Math.max(slowest, await world.expectHealthy(node, writers));
    }
    await world.goOn(500);
    return { crashes, 'healthy after ms': slowest };
  },
};
