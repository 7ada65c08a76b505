import type { Scenario } from '../scenario.ts';

/** PostgreSQL exists but is silent: no connection breaks, no statement is answered. */
export const postgresFrozen: Scenario = {
  name: 'postgres-frozen',
  title: 'PostgreSQL is frozen (SIGSTOP of all its processes)',
  async run(world, form) {
    const frozenMs = form === 'long' ? 20_000 : 1500;
    const some = form === 'long' ? { stock: 20, plain: 80 } : { stock: 4, plain: 20 };
    const node = await world.startNode();
    const articleIds = world.articleIds(4);
    await world.openCrowd({ urls: [node.url], articleIds, ...some }, { closes: [1013] });
    const writers = world.startWriters({ urls: [node.url], articleIds, count: 20, postsPerSecond: 40 });
    await world.goOn(form === 'long' ? 3000 : 500);
    await world.postgres.server.freeze(frozenMs);
    const healthy = await world.expectHealthy(node, writers);
    await world.goOn(500);
    return { 'frozen for ms': frozenMs, 'healthy after ms': healthy };
  },
};
