import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { checkArrivals } from '../webhooks/arrivals.ts';
import { addEndpoint } from '../webhooks/endpoint.ts';
import { WebhookReceiver } from '../webhooks/receiver.ts';

/** Promised time from the death of a node until another one sends what it was sending, in milliseconds. */
const takenOverMs = 5000;

const patienceMs = 60_000;

/** A node dies while an endpoint does not answer: another node sends the same events again, within the promised time. */
export const leases: Scenario = {
  name: 'leases',
  title: 'A node that waits for the answer of an endpoint elsewhere is killed',
  needsRedis: true,
  ownNodes: true,
  async run(world, form) {
    const receiver = new WebhookReceiver(world.random, 0);
    const url = await receiver.open();
    world.onClose(() => receiver.close());
    // No attempt ends by itself: without its death, a node would wait for longer than this scenario does.
    const { nodes } = await world.startPair({
      SITE_LOG_POLL_MS: '200',
      WEBHOOK_TIMEOUT_MS: '60000',
      WEBHOOK_PRIVATE_NETWORKS: 'on',
    });
    const [dying, staying] = nodes;
    const { secret, begin } = await addEndpoint(world, staying, url);
    receiver.secret = secret;
    const articleIds = world.articleIds(12);
    const writers = world.startWriters({ urls: [staying.url], articleIds, count: 4, postsPerSecond: 10 });
    const until = async (what: string, isSo: () => boolean): Promise<boolean> => {
      const overdue = performance.now() + patienceMs;
      while (!isSo() && performance.now() < overdue) await sleep(5);
      world.expect(isSo(), `${what} within ${patienceMs} ms`);
      return isSo();
    };
    const waits: number[] = [];
    let kills = 0;
    const wanted = form === 'short' ? 1 : 8;
    while (waits.length < wanted && kills < 10 * wanted) {
      receiver.hangs = true;
      const before = receiver.arrivals.length;
      // Four attempts at an endpoint are under way at once, on both nodes together.
      if (!(await until('no four messages came', () => receiver.arrivals.length >= before + 4))) break;
      await dying.kill();
      kills += 1;
      // By the receiver's clock: the system of a dead process ends its connections.
      await sleep(200);
      const left = receiver.abandoned.splice(0);
      // The other node's own attempts end, so that none of them keeps the place of what is left.
      receiver.hangs = false;
      receiver.answerAll();
      const cameAgain = (): number[] =>
        left.flatMap(({ id, at }) =>
          receiver.arrivals
            .filter((one) => one.id === id && one.at > at)
            .slice(0, 1)
            .map((one) => one.at - at),
        );
      await until('what a dead node was sending came again', () => cameAgain().length === left.length);
      waits.push(...cameAgain());
      await dying.start();
    }
    const slowest = Math.round(Math.max(...waits));
    world.expect(
      slowest <= takenOverMs * world.leeway,
      `what a dead node was sending came again after ${slowest} ms, instead of ${takenOverMs}`,
    );
    await writers.finish();
    await world.untilRelayed();
    const positions = await world.query<{ sequence: number }>(
      'SELECT sequence::int FROM site_event WHERE sequence > $1',
      [begin],
    );
    const hasAll = () => new Set(receiver.arrivals.map(({ id }) => id)).size === positions.length;
    await until('some events did not arrive', hasAll);
    world.faults.push(
      ...receiver.faults,
      ...checkArrivals(
        receiver.arrivals,
        positions.map(({ sequence }) => sequence),
      ),
    );
    return { kills, 'came again': waits.length, 'came again after ms': slowest };
  },
};
