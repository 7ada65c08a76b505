import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { onConnection } from '../../harness/database.ts';
import type { Scenario } from '../scenario.ts';
import { checkArrivals, countAgain } from '../webhooks/arrivals.ts';
import { addEndpoint } from '../webhooks/endpoint.ts';
import { WebhookReceiver } from '../webhooks/receiver.ts';

/** Longest wait of a node for an answer, in milliseconds. */
const timeoutMs = 1000;

/** Time after which another node takes what a frozen one was sending, in milliseconds. */
const leaseMs = 3000;

/** Time for what was tried last to be tried again, and then to arrive. */
const patienceMs = 120_000;

/** Two nodes send the site's events to an endpoint that is not reliable either; nodes die, freeze and lose their database. */
export const webhooks: Scenario = {
  name: 'webhooks',
  title:
    'Nodes that send events to an endpoint elsewhere die, freeze and lose their database, and the endpoint fails',
  needsRedis: true,
  ownNodes: true,
  longOnly: true,
  async run(world) {
    const receiver = new WebhookReceiver(world.random, 3 * timeoutMs);
    const url = await receiver.open();
    world.onClose(() => receiver.close());
    const { nodes } = await world.startPair({
      SITE_LOG_POLL_MS: '200',
      WEBHOOK_POLL_MS: '200',
      WEBHOOK_TIMEOUT_MS: String(timeoutMs),
      WEBHOOK_PRIVATE_NETWORKS: 'on',
    });
    const [dying, staying] = nodes;
    const { secret, begin } = await addEndpoint(world, staying, url);
    receiver.secret = secret;
    const articleIds = world.articleIds(12);
    // Each node has its own writers: those of the frozen one all wait for an answer, and say nothing about the other one.
    const others = world.startWriters({ urls: [dying.url], articleIds, count: 7, postsPerSecond: 20 });
    const writers = world.startWriters({ urls: [staying.url], articleIds, count: 8, postsPerSecond: 20 });
    receiver.moods = { cut: 0.02, failed: 0.01, late: 0.02 };
    const arrived = async (count: number): Promise<void> => {
      const wanted = receiver.arrivals.length + count;
      const overdue = performance.now() + patienceMs;
      while (receiver.arrivals.length < wanted && performance.now() < overdue) await sleep(5);
      world.expect(receiver.arrivals.length >= wanted, `no ${count} messages came within ${patienceMs} ms`);
    };
    for (let kills = 0; kills < 6; kills++) {
      await arrived(20 + Math.floor(40 * world.random.next()));
      await dying.kill();
      await arrived(20);
      await dying.start();
    }
    // Longer than what it sends is left to it: the other node sends it again meanwhile.
    await arrived(20);
    process.kill(dying.pid, 'SIGSTOP');
    await sleep(leaseMs + 2000);
    await arrived(20);
    process.kill(dying.pid, 'SIGCONT');
    // The promised time is for the scenarios of PostgreSQL to measure: here the machine also has what came late to work off.
    await world.postgres.terminateConnections();
    const terminatedMs = await world.expectHealthy(staying, writers, patienceMs);
    await world.postgres.crash();
    await world.goOn(1000);
    await world.postgres.start();
    const crashedMs = await world.expectHealthy(staying, writers, patienceMs);
    receiver.moods = { cut: 0, failed: 0, late: 0 };
    await Promise.all([writers.finish(), others.finish()]);
    await world.untilRelayed();
    world.expect(
      await onConnection(world.postgres.url, (client) =>
        untilDelivered(client, performance.now() + patienceMs),
      ),
      `some events were not delivered within ${patienceMs} ms`,
    );
    const positions = await world.query<{ sequence: number }>(
      'SELECT sequence::int FROM site_event WHERE sequence > $1',
      [begin],
    );
    world.faults.push(
      ...receiver.faults,
      ...checkArrivals(
        receiver.arrivals,
        positions.map(({ sequence }) => sequence),
      ),
    );
    return {
      'events of the site': positions.length,
      messages: receiver.arrivals.length,
      'came again': countAgain(receiver.arrivals),
      kills: 6,
      'healthy after ms': Math.max(terminatedMs, crashedMs),
    };
  },
};

/** Waits until nothing waits to be delivered. @returns whether that came true */
async function untilDelivered(client: Client, overdue: number): Promise<boolean> {
  for (;;) {
    const { rows } = await client.query(
      `SELECT FROM webhook w, site_log s WHERE w.sequence < s.sequence
       OR EXISTS (SELECT FROM webhook_delivery WHERE status = 'PENDING') LIMIT 1`,
    );
    if (rows.length === 0) return true;
    if (performance.now() > overdue) return false;
    await sleep(200);
  }
}
