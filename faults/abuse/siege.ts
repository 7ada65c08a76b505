import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type Memory } from '../../bench/measure/child.ts';
import type { Crowd } from '../clients/crowd.ts';
import type { ServiceNode } from '../world/service-node.ts';
import type { Attack, Targets } from './attack.ts';
import type { AttackQuestion } from './attacker-process.ts';
import type { AttackResult } from './attackers.ts';
import { readMainThread } from './main-thread.ts';
import { beyondControl, bounds, judge, type Measured, waits as waitNames } from './judge.ts';
import type { Probed } from './probe-process.ts';
import type { Waits } from './waits.ts';

/** What came of one attack. */
export interface Step {
  readonly title: string;
  readonly measured: Measured;
  readonly result: AttackResult;
  readonly faults: readonly string[];
}

/** A node, and people who use it and attack nobody. */
export interface Side {
  readonly node: ServiceNode;
  readonly crowd: Crowd;
  readonly pages: Waits;
  readonly posts: Waits;
}

export interface SiegeOptions {
  readonly attacked: Side;
  /** A node of the same site that nobody attacks. */
  readonly control: Side;
  readonly targets: Targets;
}

/** How long one attack may take, in milliseconds. */
const attackMs = { short: 60_000, long: 300_000 };
/** How long a node may take to answer at once again, and to let go what it held. */
const calmMs = { short: 30_000, long: 120_000 };
/** A node is busy that runs for longer than that until it answers. */
const atOnceMs = 50;
/** So often an attack is made in which nothing but waits was too long. */
const mostTries = 3;

const nothing: AttackResult = {
  isOver: false,
  requests: 0,
  largestAnswer: 0,
  answers: {},
  notes: {},
  faults: [],
};

type Waiting = Pick<Measured, 'page' | 'post' | 'event' | 'failed'>;

/**
 * Lets one attack after the other run at a node, and measures beside each of them.
 *
 * The machine may be busy with others, and then everything waits. So a stall is the wait of a probe as far as a bare server had none and
 * the service's main thread ran in it (stall.ts), and no longer than the longest turn of its event loop in processor time
 * (preload/loop.ts). Other waits are held against the same requests at a control node, on the same machine and
 * database, which nobody attacks (judge.ts), without the time for which the attacked node's main thread was ready and other
 * processes ran (waits.ts). An attack in which only waits were too long is made again: one that does it does it each time.
 */
export class Siege {
  readonly #options: SiegeOptions;
  readonly #prober = new Child('faults/abuse/probe-process');
  readonly #bare = new Child('faults/abuse/bare-process');
  #attackers = new Child('faults/abuse/attacker-process');

  constructor(options: SiegeOptions) {
    this.#options = options;
  }

  async close(): Promise<void> {
    await Promise.all([this.#prober, this.#bare, this.#attackers].map((child) => child.stop('SIGKILL')));
  }

  async attack(name: string, attack: Attack): Promise<Step> {
    for (let tries = 1; ; tries++) {
      const { step, isWaits } = await this.#try(name, attack);
      if (step.faults.length === 0) return step;
      // What it broke is not to be seen in the figures of the next one.
      if (!isWaits) await this.#restart();
      if (!isWaits || tries === mostTries) return step;
    }
  }

  /** @returns `isWaits`: if anything is wrong, it is nothing but waits */
  async #try(name: string, { title }: Attack): Promise<{ step: Step; isWaits: boolean }> {
    const { attacked, control, targets } = this.#options;
    await this.#calm();
    const before = await attacked.node.ask<Memory>('memory');
    await this.#begin();
    const { result, faults } = await this.#send(name);
    const probed = await this.#prober.ask<Probed>({ do: 'take' });
    const [waiting, elsewhere] = [await takeWaits(attacked), await takeWaits(control)];
    const longestTurn = await this.#longestTurn();
    const beyond = (kind: keyof Waiting): number => beyondControl(waiting[kind], elsewhere[kind]);
    faults.push(...(await this.#calm()), ...new Set(result.faults));
    const kept = faults.length > 0 ? 0 : await this.#kept(before.heap);
    const measured: Measured = {
      stall: Math.min(probed.stall, longestTurn),
      ready: beyondControl(probed.ready, probed.controlReady),
      page: beyond('page'),
      post: beyond('post'),
      event: beyond('event'),
      failed: beyond('failed'),
      grown: Math.max(0, probed.peak - before.resident),
      kept,
      largestAnswer: result.largestAnswer,
    };
    const passed = judge(measured, targets.leeway);
    const isWaits = faults.length === 0 && passed.every(({ of }) => waitNames.has(of));
    faults.push(...passed.map(({ text }) => text));
    return { step: { title, measured, result, faults }, isWaits };
  }

  async #send(name: string): Promise<{ result: AttackResult; faults: string[] }> {
    const { targets } = this.#options;
    const withinMs = attackMs[targets.form];
    const question: AttackQuestion = { attack: name, targets, withinMs };
    try {
      const result = await this.#attackers.ask<AttackResult>(question);
      if (result.isOver) return { result, faults: [] };
      await this.#replaceAttackers();
      return { result, faults: [`the attack did not end within ${withinMs} ms`] };
    } catch (error) {
      return { result: nothing, faults: [error instanceof Error ? error.message : String(error)] };
    }
  }

  async #replaceAttackers(): Promise<void> {
    await this.#attackers.stop('SIGKILL');
    this.#attackers = new Child('faults/abuse/attacker-process');
  }

  async #restart(): Promise<void> {
    const { node, crowd } = this.#options.attacked;
    await node.kill();
    await node.start();
    // What listeners missed meanwhile is late, and nobody's fault but the last attack's.
    await crowd.untilLive();
  }

  /** @returns that the node has ended, and of what */
  #takeCrashes(): string[] {
    return this.#options.attacked.node.crashes
      .splice(0)
      .map((crash) => `the process ended: ${/FATAL ERROR.*/.exec(crash)?.[0] ?? crash.split('\n', 1)[0]}`);
  }

  /** Waits until the node answers at once. @returns that it does not */
  async #calm(): Promise<string[]> {
    const { attacked, targets } = this.#options;
    const end = performance.now() + calmMs[targets.form];
    for (let calm = 0; calm < 3;) {
      if (attacked.node.crashes.length > 0) return this.#takeCrashes();
      const before = readMainThread(attacked.node.pid)?.ran ?? 0;
      const answered = await fetch(`${attacked.node.url}/health/live`, {
        signal: AbortSignal.timeout(20_000),
      }).then(
        (response) => response.arrayBuffer().then(() => true),
        () => false,
      );
      const ran = (readMainThread(attacked.node.pid)?.ran ?? Infinity) - before;
      calm = answered && ran < atOnceMs * targets.leeway ? calm + 1 : 0;
      if (performance.now() > end)
        return [`the service did not answer at once within ${calmMs[targets.form]} ms of the attack`];
      await sleep(20);
    }
    return [];
  }

  /** The growth of the heap, once all that goes by itself has gone. */
  async #kept(before: number): Promise<number> {
    const { attacked, targets } = this.#options;
    for (const end = performance.now() + calmMs[targets.form]; ; await sleep(200)) {
      const { heap } = await attacked.node.ask<Memory>('memory');
      const kept = Math.max(0, heap - before);
      if (kept <= bounds.kept || performance.now() > end) return kept;
    }
  }

  /** @returns Infinity: there is nobody left to tell */
  #longestTurn(): Promise<number> {
    return this.#options.attacked.node.ask<number>({ do: 'longestTurn' }).catch(() => Infinity);
  }

  async #begin(): Promise<void> {
    const { attacked, control } = this.#options;
    for (const { pages, posts, crowd } of [attacked, control]) {
      pages.forget();
      posts.forget();
      await crowd.latencies();
    }
    await this.#longestTurn();
    await this.#prober.ask({
      do: 'begin',
      pid: attacked.node.pid,
      url: attacked.node.url,
      controlUrl: control.node.url,
      bareUrl: await this.#bare.ask<string>('url'),
    });
  }
}

async function takeWaits({ pages, posts, crowd }: Side): Promise<Waiting> {
  const [page, post] = [pages.take(), posts.take()];
  const { max } = await crowd.latencies();
  return { page: page.worst, post: post.worst, event: max, failed: page.failed + post.failed };
}
