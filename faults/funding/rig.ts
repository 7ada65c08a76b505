import { setTimeout as sleep } from 'node:timers/promises';
import type { SignedIn } from '../../harness/sessions.ts';
import type { FundingKill, FundingStep } from '../preload/funding-points.ts';
import type { ServiceNode } from '../world/service-node.ts';
import type { World } from '../world/world.ts';
import { Backers } from './backers.ts';
import type { ExpectedPledge } from './books.ts';
import type { OutsideProvider } from './outside-provider.ts';

/** Settings of nodes that work on imaginary money, quickly. */
export const fundingSettings = {
  NODE_ENV: 'test',
  FUNDING_POLL_MS: '100',
  FUNDING_GRACE_HOURS: '0',
};

/** A moment of a step; `in-call`: the provider, which is no part of the nodes, is at work, and no node lives. */
export type Moment = FundingKill['point'] | 'in-call';

const patienceMs = 30_000;

/** Two nodes, the provider, and whoever uses them. */
export class FundingRig {
  readonly backers: Backers;
  readonly expected: ExpectedPledge[] = [];
  kills = 0;
  /** Longest time from a death to the end of the step, in milliseconds. */
  slowest = 0;
  readonly #world: World;
  readonly nodes: readonly ServiceNode[];
  readonly provider: OutsideProvider;
  readonly #restarts = new Set<Promise<void>>();

  constructor(world: World, nodes: readonly ServiceNode[], provider: OutsideProvider) {
    this.#world = world;
    this.nodes = nodes;
    this.provider = provider;
    this.backers = new Backers(nodes);
  }

  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** An account with the right to move money. */
  get editor(): SignedIn {
    return this.account(-1);
  }

  account(index: number): SignedIn {
    const found = this.#world.signedIn.at(index);
    if (!found) throw new RangeError('There are too few accounts');
    return found;
  }

  query<Row extends object>(statement: string, values: readonly unknown[]): Promise<Row[]> {
    return this.#world.query(statement, values);
  }

  /**
   * Does what makes the nodes come to a step, kills whichever gets to a moment of it, and waits until the step is done.
   * @param moment undefined: nobody dies
   * @throws Error where it is not done in time
   */
  async step(
    step: FundingStep,
    moment: Moment | undefined,
    { begin, isDone }: { begin: () => Promise<void>; isDone: () => Promise<boolean> },
  ): Promise<void> {
    // Armed before anything begins.
    const death = moment && (await this.#prepareDeath(step, moment));
    const begun = begin();
    // Its failure is reported below.
    begun.catch(() => undefined);
    await death?.happened;
    const since = performance.now();
    await begun;
    const deadline = performance.now() + patienceMs * this.#world.leeway;
    while (!(await isDone())) {
      if (performance.now() > deadline)
        throw new Error(
          `${step} was not done within ${patienceMs} ms of a death at ${moment ?? 'no moment'}`,
        );
      await sleep(20);
    }
    if (death) this.slowest = Math.max(this.slowest, performance.now() - since);
    await Promise.all(this.#restarts);
  }

  /** @returns a promise that is kept once a node has died, and is about to run again */
  async #prepareDeath(step: FundingStep, moment: Moment): Promise<{ readonly happened: Promise<void> }> {
    this.kills += 1;
    if (moment !== 'in-call') {
      await this.#arm({ step, point: moment });
      return { happened: this.#firstDeath(`${step} ${moment}`) };
    }
    const happened = this.provider.during(step, async () => {
      await Promise.all(this.nodes.map((node) => node.kill()));
      for (const node of this.nodes) this.#restart(node);
    });
    return { happened };
  }

  /** @returns the nodes that have answered: the others are dead */
  async #arm(kill: FundingKill | undefined): Promise<ServiceNode[]> {
    const living = await Promise.all(
      this.nodes.map((node) =>
        node.ask({ do: 'killFundingAt', kill }).then(
          () => [node],
          () => [],
        ),
      ),
    );
    return living.flat();
  }

  async #firstDeath(what: string): Promise<void> {
    const over = new AbortController();
    const late = setTimeout(() => over.abort(), patienceMs * this.#world.leeway);
    const died = await Promise.race(this.nodes.map((node) => node.ended(over.signal)));
    clearTimeout(late);
    this.#world.expect(died, `no node came to ${what} in time`);
    // On a slow machine the other node may have come there as well by now.
    const living = await this.#arm(undefined);
    over.abort();
    for (const node of this.nodes) if (!living.includes(node)) this.#restart(node);
  }

  #restart(node: ServiceNode): void {
    const restarted: Promise<void> = node
      .start()
      .catch((error: unknown) => this.#world.expect(false, String(error)))
      .finally(() => this.#restarts.delete(restarted));
    this.#restarts.add(restarted);
  }
}
