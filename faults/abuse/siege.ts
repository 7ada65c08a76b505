import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type Memory } from '../../harness/processes/child.ts';
import type { Crowd } from '../clients/crowd.ts';
import type { ServiceNode } from '../world/service-node.ts';
import type { Attack, Targets } from './attack.ts';
import type { AttackQuestion } from './attacker-process.ts';
import type { AttackResult } from './attackers.ts';
import { readMainThread } from './main-thread.ts';
import { beyondControl, bounds, judge, type Measured, waits as waitNames } from './judge.ts';
import type { Probed } from './probe-process.ts';
import type { Waits } from './waits.ts';

/** The result of one attack. */
export interface Step {
  readonly title: string;
  readonly measured: Measured;
  readonly result: AttackResult;
  readonly faults: readonly string[];
}

/** A node with ordinary clients. */
export interface Side {
  readonly node: ServiceNode;
  readonly crowd: Crowd;
  readonly pages: Waits;
  readonly posts: Waits;
}

export interface SiegeOptions {
  readonly attacked: Side;
  /** A node of the same site that is not attacked. */
  readonly control: Side;
  readonly targets: Targets;
}

/** Longest duration of one attack, in milliseconds. */
const attackMs = { short: 60_000, long: 300_000 };
/** Longest time until a node answers at once again, and has released what it held, in milliseconds. */
const calmMs = { short: 30_000, long: 120_000 };
/** A node counts as busy if it runs for longer than this until it answers, in milliseconds. */
const atOnceMs = 50;
/** How often an attack is repeated in which only waits exceeded their bounds. */
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
 * Runs one attack after the other against a node, and measures the effects.
 *
 * The machine may be busy with other work, and then everything waits. So a stall counts only as far as a probe waited
 * longer than at a bare server and the service's main thread ran meanwhile (stall.ts), and at most as the longest turn
 * of its event loop in CPU time (preload/loop.ts). Other waits are compared with the same requests at a control node,
 * on the same machine and database, which is not attacked (judge.ts), without the time in which the attacked node's
 * main thread was ready but not scheduled (waits.ts). An attack in which only waits were too long is repeated: a real
 * fault recurs each time.
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
      // A restart, so that damage done by this attack does not affect the figures of the next one.
      if (!isWaits) await this.#restart();
      if (!isWaits || tries === mostTries) return step;
    }
  }

  /** @returns `isWaits`: all faults, if any, are waits */
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
    // Events that subscribers missed meanwhile would count as late for the next attack.
    await crowd.untilLive();
  }

  /** @returns a description of each end of the node's process */
  #takeCrashes(): string[] {
    return this.#options.attacked.node.crashes
      .splice(0)
      .map((crash) => `the process ended: ${/FATAL ERROR.*/.exec(crash)?.[0] ?? crash.split('\n', 1)[0]}`);
  }

  /** Waits until the node answers at once. @returns a fault if it does not */
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

  /** Growth of the heap, once temporary growth is gone. */
  async #kept(before: number): Promise<number> {
    const { attacked, targets } = this.#options;
    for (const end = performance.now() + calmMs[targets.form]; ; await sleep(200)) {
      const { heap } = await attacked.node.ask<Memory>('memory');
      const kept = Math.max(0, heap - before);
      if (kept <= bounds.kept || performance.now() > end) return kept;
    }
  }

  /** @returns Infinity if the process has ended */
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
