import { type KillPoint, killPoints } from '../preload/kill-points.ts';
import type { Scenario } from '../scenario.ts';

const patienceMs = 30_000;

/** The moments after which the client, the other node or the readers know less than the database. */
const shortPoints: readonly KillPoint[] = [
  'during-commit',
  'before-hint',
  'before-answer',
  'during-delivery',
];

/** Upper bound of the pass at which the service dies: there are as many deliveries as readers. */
const latestPass = (point: KillPoint): number => (point.endsWith('delivery') ? 100 : 8);

/**
 * A node dies at each point between the statement and the reader, while readers are subscribed at it and at another
 * node.
 */
export const killPointsInTurn: Scenario = {
  name: 'kill-points',
  title: 'A node dies at each point between statement, commit, hint, answer and delivery',
  needsRedis: true,
  async run(world, form) {
    const [points, rounds] = form === 'long' ? [killPoints, 3] : [shortPoints, 1];
    const { nodes } = await world.startPair();
    const [dying, staying] = nodes;
    const articleIds = world.articleIds(2);
    const some = form === 'long' ? { stock: 10, plain: 40 } : { stock: 2, plain: 10 };
    await world.openCrowd({ urls: [dying.url], articleIds, ...some });
    await world.openCrowd({ urls: [staying.url], articleIds, ...some }, { closes: [] });
    world.startWriters({ urls: [dying.url], articleIds, count: 20, postsPerSecond: 40 });
    for (let round = 0; round < rounds; round++) {
      for (const point of points) {
        const passes = 1 + Math.floor(world.random.next() * latestPass(point));
        await dying.ask({ do: 'killAt', point, passes });
        if (await dying.died(patienceMs)) await dying.start();
        else world.expect(false, `nothing passed ${point} ${passes} times within ${patienceMs} ms`);
      }
    }
    await world.goOn(500);
    return { points: points.length, kills: rounds * points.length };
  },
};
