import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attacks } from '../abuse/attacks.ts';
import { Bystander } from '../abuse/bystander.ts';
import { makeTargets } from '../abuse/data.ts';
import { stepText } from '../abuse/report.ts';
import { type Side, Siege, type Step } from '../abuse/siege.ts';
import { Waits } from '../abuse/waits.ts';
import type { Form, Scenario } from '../scenario.ts';
import { defaultLimits, type ServiceNode } from '../world/service-node.ts';
import type { World } from '../world/world.ts';

/** Accounts that write at each node; the accounts after them attack. */
const writerCount = 15;

/** Default limits, rate limits included, and a heap of 1 GB. */
const settings = { ...defaultLimits, RATE_LIMITS: 'on', NODE_OPTIONS: '--max-old-space-size=1024' };

const mostOf = (steps: readonly Step[], name: keyof Step['measured']): number =>
  Math.max(0, ...steps.map(({ measured }) => measured[name]));

/** Adds ordinary clients to a node: subscribers, writers, and a reader of an article's page. */
async function openSide(world: World, node: ServiceNode, articleIds: readonly string[]): Promise<Side> {
  const urls = [node.url];
  const crowd = await world.openCrowd({ urls, articleIds, stock: 2, plain: 2 }, { closes: [] });
  // A restarting node has no process for a moment.
  const pid = (): number => (node.isRunning ? node.pid : 0);
  const [pages, posts] = [new Waits(pid), new Waits(pid)];
  world.startWriters({
    urls,
    articleIds,
    count: writerCount,
    postsPerSecond: 5,
    onSend: () => posts.begin(),
  });
  const bystander = new Bystander({ url: node.url, articleId: articleIds[0] ?? '', waits: pages });
  world.onClose(() => bystander.close());
  return { node, crowd, pages, posts };
}

const isWanted = (world: World, form: Form, name: string, longOnly: boolean): boolean =>
  world.attacks.length > 0 ? world.attacks.includes(name) : form === 'long' || !longOnly;

/** Attacks on one node with its default limits and a heap of 1 GB. */
export const abuse: Scenario = {
  name: 'abuse',
  title: 'Requests that are made to stop a node, each kind in turn',
  alone: true,
  needsLinux: true,
  async run(world, form) {
    const folder = await mkdtemp(join(tmpdir(), 'standfirst-abuse-'));
    world.onClose(() => rm(folder, { recursive: true, force: true }));
    const [node, controlNode] = await world.startNodes(2, { ...settings, PICTURES_DIR: folder });
    if (!node || !controlNode) throw new Error('No nodes were started');
    const [first = '', second = '', third = '', fourth = ''] = world.articleIds(4);
    const targets = await makeTargets(
      { url: node.url, databaseUrl: world.postgres.url, form, leeway: world.leeway },
      world.signedIn.slice(2 * writerCount, 2 * writerCount + 3),
    );
    const attacked = await openSide(world, node, [first, second]);
    const control = await openSide(world, controlNode, [third, fourth]);
    const siege = new Siege({ attacked, control, targets });
    world.onClose(() => siege.close());
    for (const [name, attack] of Object.entries(attacks)) {
      if (!isWanted(world, form, name, attack.longOnly ?? false)) continue;
      const begun = performance.now();
      const step = await siege.attack(name, attack);
      world.tell(step);
      process.stdout.write(`${stepText(name, step, (performance.now() - begun) / 1000)}\n`);
      for (const fault of step.faults) world.expect(false, `${name}: ${fault}`);
    }
    return {
      attacks: world.steps.length,
      'worst stall ms': Math.round(mostOf(world.steps, 'stall')),
      'most growth MB': Math.round(mostOf(world.steps, 'grown') / 2 ** 20),
      'largest answer kB': Math.round(mostOf(world.steps, 'largestAnswer') / 1000),
    };
  },
};
