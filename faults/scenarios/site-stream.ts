import { setTimeout as sleep } from 'node:timers/promises';
import { siteLog } from '../../src/features/integrations/site-log/site-log.ts';
import type { KillPoint } from '../preload/kill-points.ts';
import type { Scenario } from '../scenario.ts';

const patienceMs = 30_000;

/** The moments at which one node knows more, or less, of the site's log than the database. */
const allPoints: readonly KillPoint[] = [
  'during-commit',
  'before-relay',
  'during-relay-commit',
  'before-site-hint',
  'after-site-hint',
  'during-delivery',
];

/** Those in the middle of a step. */
const shortPoints: readonly KillPoint[] = ['before-relay', 'during-relay-commit', 'before-site-hint'];

/** Time for which a node is frozen, in which it has the lock of the site's log if its step was under way. */
const frozenMs = 1500;

/**
 * Two nodes carry the events of all articles into the site's log, and readers follow it at both: a node dies at each
 * moment on the way, is frozen, and loses its database.
 */
export const siteStream: Scenario = {
  name: 'site-stream',
  title: 'Nodes that carry events into the log of the whole site die, freeze and lose their database',
  needsRedis: true,
  async run(world, form) {
    const [points, rounds] = form === 'long' ? [allPoints, 5] : [shortPoints, 1];
    const some = form === 'long' ? { stock: 10, plain: 40 } : { stock: 2, plain: 8 };
    const { nodes } = await world.startPair({ SITE_LOG_POLL_MS: '200' });
    const [dying, staying] = nodes;
    const site = { articleIds: [siteLog.keyOf()], ...some };
    await world.openCrowd({ urls: [dying.url], ...site });
    const watching = await world.openCrowd({ urls: [staying.url], ...site });
    // Each node has its own articles: what one has left behind when it died, the other one finds only by looking for it.
    const articleIds = world.articleIds(8);
    const load = { count: 15, postsPerSecond: 40 };
    const first = world.startWriters({ urls: [dying.url], articleIds: articleIds.slice(0, 4), ...load });
    const writers = world.startWriters({ urls: [staying.url], articleIds: articleIds.slice(4), ...load });
    let [kills, frozen] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      for (const point of points) {
        const passes = 1 + Math.floor(world.random.next() * (point === 'during-delivery' ? 100 : 8));
        await dying.ask({ do: 'killAt', point, passes });
        if (await dying.died(patienceMs)) await dying.start();
        else world.expect(false, `nothing passed ${point} ${passes} times within ${patienceMs} ms`);
        kills += 1;
      }
      await world.goOn(300);
      process.kill(dying.pid, 'SIGSTOP');
      await watching.latencies();
      await sleep(frozenMs);
      const { count } = await watching.latencies();
      process.kill(dying.pid, 'SIGCONT');
      world.expect(count > 0, `while one node was frozen for ${frozenMs} ms, the other got no event`);
      frozen = Math.max(frozen, count);
      await world.postgres.terminateConnections();
      await world.expectHealthy(staying, writers);
      if (form === 'short') continue;
      await world.postgres.crash();
      await world.goOn(1000);
      await world.postgres.start();
      await world.expectHealthy(staying, writers);
    }
    // The other node has to finish its work.
    await dying.ask({ do: 'killAt', point: 'before-relay', passes: 5 });
    world.expect(await dying.died(patienceMs), `nothing passed before-relay within ${patienceMs} ms`);
    await Promise.all([first.finish(), writers.finish()]);
    await world.untilRelayed();
    await dying.start();
    return { kills: kills + 1, 'events while frozen': frozen };
  },
};
