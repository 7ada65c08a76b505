import type { Scenario } from '../scenario.ts';

const stopMs = 30_000;

/** Two nodes behind a load balancer are restarted one after the other, in an orderly way, under load. */
export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  title: 'Two nodes behind a balancer are restarted in turn (SIGTERM) under load',
  needsRedis: true,
  async run(world, form) {
    const some = form === 'long' ? { stock: 20, plain: 180 } : { stock: 2, plain: 4 };
    // Long enough for the balancer to notice that a node is no longer ready.
    const { nodes } = await world.startPair({ SHUTDOWN_DELAY_MS: '300' });
    const balancer = await world.openBalancer(nodes);
    const articleIds = world.articleIds(4);
    await world.openCrowd({ urls: [balancer.url], articleIds, ...some }, { closes: [1001, 1006, 1012] });
    world.startWriters({ urls: [balancer.url], articleIds, count: 20, postsPerSecond: 40 });
    const restarted = form === 'long' ? nodes : nodes.slice(0, 1);
    let slowest = 0;
    for (const node of restarted) {
      await world.goOn(500);
      const { code, milliseconds } = await node.stop();
      world.expect(code === 0, `a node that was asked to stop ended with ${code}`);
      world.expect(milliseconds <= stopMs, `a node took ${Math.round(milliseconds)} ms to stop`);
      slowest = Math.max(slowest, milliseconds);
      await node.start();
    }
    await world.goOn(500);
    return { restarts: restarted.length, 'stopped after ms': Math.round(slowest) };
  },
};
