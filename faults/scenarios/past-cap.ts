import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world/world.ts';

const cap = 50;
const standstillMs = 15_000;

/**
 * Some clients are offline for more events than are replayed, some for fewer; the former are told to load the page
 * again.
 */
export const pastCap: Scenario = {
  name: 'past-cap',
  title: 'Clients are away for longer than is replayed, and for less',
  async run(world, form) {
    const some = form === 'long' ? { stock: 10, plain: 40 } : { stock: 3, plain: 9 };
    const node = await world.startNode({ MAX_REPLAY_EVENTS: String(cap) });
    const articleIds = world.articleIds(1);
    const options = { urls: [node.url], articleIds, ...some };
    const long = await world.openCrowd(options, { resets: 'once' });
    const brief = await world.openCrowd(options);
    const write = () => world.startWriters({ urls: [node.url], articleIds, count: 20, postsPerSecond: 60 });
    let writers = write();
    await world.goOn(300);
    await long.each('offline');
    const away = await untilGrown(world, 2 * cap);
    await long.each('online');
    await long.untilLive();
    // The clients that miss few events must first have all earlier ones, and find no further ones when they are back
    // online.
    await writers.finish();
    await brief.settle(await world.logs(), standstillMs);
    await brief.each('offline');
    writers = write();
    await untilGrown(world, cap / 5);
    await writers.finish();
    await brief.each('online');
    await brief.untilLive();
    return { cap, 'away for events': away };
  },
};

/** @returns by how many events the log has grown */
async function untilGrown(world: World, by: number): Promise<number> {
  const length = async () => Object.values(await world.logs()).flat().length;
  const before = await length();
  for (;;) {
    const grown = (await length()) - before;
    if (grown >= by) return grown;
    await sleep(20);
  }
}
