import { join } from 'node:path';
import type { Outcome } from './report.ts';
import type { Form, Scenario } from './scenario.ts';
import { findRedis } from '../harness/servers/binaries.ts';
import { Site } from './world/site.ts';
import type { Template } from './world/template.ts';
import { type Figures, World } from './world/world.ts';

export interface RunOptions {
  readonly form: Form;
  readonly seed: number;
  /** Parent of the sites' folders. */
  readonly folder: string;
  readonly template: Template;
  /** Names of attacks, for the scenario that consists of them; empty: all. */
  readonly attacks: readonly string[];
}

/**
 * Longest duration of a scenario, and longest time without progress while its subscribers catch up, in milliseconds;
 * and the factor by which promised times may be exceeded.
 */
const limits = {
  long: { whole: 1_800_000, standstill: 30_000, leeway: 1 },
  short: { whole: 240_000, standstill: 30_000, leeway: 4 },
};

/** Open sites, to be closed when the run is aborted. */
const open = new Set<Site>();

export async function closeAll(): Promise<void> {
  await Promise.all([...open].map((site) => site.close()));
}

/** Runs one scenario after the other: in the long form each on a site of its own, in the short form all on one. */
export class Lane {
  readonly #options: RunOptions;
  #site: Site | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  async run(scenario: Scenario): Promise<Outcome> {
    const { name, title } = scenario;
    const why = await whyNot(scenario);
    if (why !== undefined)
      return {
        name,
        title,
        outcome: 'skipped',
        seconds: 0,
        told: { why },
        checked: {},
        faults: [],
        steps: [],
      };
    const begun = performance.now();
    const { seed, form, attacks } = this.#options;
    const site = await this.#openSite(name);
    if (scenario.ownNodes) await site.removeNodes();
    const world = new World(site, { seed, leeway: limits[form].leeway, attacks });
    const { told, checked } = await this.#runIn(world, scenario);
    const { faults, steps } = world;
    // The state after a broken scenario is unreliable, so the next one gets a new site.
    if (form === 'long' || faults.length > 0) await this.close();
    const seconds = (performance.now() - begun) / 1000;
    const outcome = faults.length > 0 ? 'broken' : 'held';
    return { name, title, outcome, seconds, told, checked, faults, steps };
  }

  async close(): Promise<void> {
    if (!this.#site) return;
    await this.#site.close();
    open.delete(this.#site);
    this.#site = undefined;
  }

  async #openSite(name: string): Promise<Site> {
    const { folder, template } = this.#options;
    this.#site ??= await Site.open(join(folder, name), template);
    open.add(this.#site);
    return this.#site;
  }

  async #runIn(world: World, scenario: Scenario): Promise<Pick<Outcome, 'told' | 'checked'>> {
    const { form } = this.#options;
    let [told, checked]: [Figures, Figures] = [{}, {}];
    try {
      await within(limits[form].whole, async () => {
        told = await scenario.run(world, form);
        checked = await world.verify(limits[form].standstill);
      });
    } catch (error) {
      world.expect(false, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    await world.close();
    return { told, checked };
  }
}

/** Reason to skip a scenario. @returns undefined: all prerequisites are met */
async function whyNot({ needsRedis, needsLinux }: Scenario): Promise<string | undefined> {
  if (needsLinux && process.platform !== 'linux') return 'this is not Linux';
  if (needsRedis && (await findRedis()) === undefined) return 'redis-server is not installed';
  return undefined;
}

async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let deadline: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(new Error(`It did not end within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([work(), overdue]).finally(() => clearTimeout(deadline));
}
