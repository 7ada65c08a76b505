import type { Scenario } from '../scenario.ts';

/** All PostgreSQL connections of the service are terminated under load, as an administrator or a proxy would. */
export const postgresTerminated: Scenario = {
  name: 'postgres-terminated',
  title: 'PostgreSQL’s connections are terminated (`pg_terminate_backend`) under load',
  async run(world, form) {
    const rounds = form === 'long' ? 15 : 3;
    const some = form === 'long' ? { stock: 20, plain: 80 } : { stock: 4, plain: 20 };
    const node = await world.startNode();
    const articleIds = world.articleIds(4);
    await world.openCrowd({ urls: [node.url], articleIds, ...some }, { closes: [1013] });
    const writers = world.startWriters({ urls: [node.url], articleIds, count: 30, postsPerSecond: 60 });
    let [slowest, terminated] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      await world.goOn(400);
      terminated += await world.postgres.terminateConnections();
      slowest = Math.max(slowest, await world.expectHealthy(node, writers));
    }
    return { terminated, 'healthy after ms': slowest };
  },
};
