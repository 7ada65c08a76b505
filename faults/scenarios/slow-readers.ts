import { median } from '../../harness/figures.ts';
import type { Scenario } from '../scenario.ts';

const mostMemory = 100 * 2 ** 20;
const mostSlower = 1.2;
/** Differences below this many milliseconds are noise of the machine. */
const noiseMs = 30;

/** Some subscribers stop reading, which must not affect the others. */
export const slowReaders: Scenario = {
  name: 'slow-readers',
  title: 'One in twenty subscribers does not read',
  async run(world, form) {
    const [subscribers, rounds, roundMs] = form === 'long' ? [1000, 2, 20_000] : [60, 1, 4000];
    const greedy = subscribers / 20;
    const node = await world.startNode();
    const articleIds = world.articleIds(1);
    const crowd = await world.openCrowd(
      { urls: [node.url], articleIds, stock: 0, plain: subscribers, greedy },
      // A reader that is closed while it reads nothing never sees the close code.
      { closes: [1013, 1006] },
    );
    world.startWriters({ urls: [node.url], articleIds, count: 10, postsPerSecond: 8, length: 4000 });
    const memory = () => node.ask<number>({ do: 'memory' });
    const [all, most]: [number[], number[]] = [[], []];
    let grown = 0;
    for (let round = 0; round < rounds; round++) {
      await crowd.latencies();
      await pass(roundMs);
      all.push((await crowd.latencies()).p99);
      const before = await memory();
      await crowd.each('stopReading', 1 / 20);
      for (let part = 0; part < 10; part++) {
        await pass(roundMs / 10);
        grown = Math.max(grown, (await memory()) - before);
      }
      most.push((await crowd.latencies()).p99);
      await crowd.each('read', 1 / 20);
    }
    const [without, beside] = [median(all), median(most)];
    world.expect(grown <= mostMemory, `the service grew by ${megabytes(grown)} MB`);
    if (form === 'long')
      world.expect(
        beside <= Math.max(without * mostSlower, without + noiseMs),
        `beside those who did not read, events took ${beside} ms (p99) instead of ${without}`,
      );
    return { 'p99 ms, all reading': without, 'p99 ms, others': beside, 'grown by MB': megabytes(grown) };
  },
};

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

const pass = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
