import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { onConnection } from '../../harness/database.ts';
import { Random } from '../../harness/random.ts';
import type { Logs } from '../check/history.ts';
import { siteLog } from '../../src/features/integrations/site-log/site-log.ts';
import { moderationLog } from '../../src/platform/screening/moderation-log.ts';
import {
  countUnrelayed,
  selectListed,
  selectLogs,
  selectModerationLog,
  selectPosted,
  selectSiteLog,
} from '../check/log.queries.ts';
import { checkLogs, checkPosts, checkSite } from '../check/posts.ts';
import type { ResetRule } from '../check/streams.ts';
import { Crowd } from '../clients/crowd.ts';
import type { CrowdOptions } from '../clients/crowd-process.ts';
import { Writers, type WritersOptions } from '../clients/writers.ts';
import { Balancer } from './balancer.ts';
import { BadNetwork } from './bad-network.ts';
import type { Postgres } from '../../harness/servers/postgres.ts';
import type { Redis } from '../../harness/servers/redis.ts';
import type { ServiceNode } from './service-node.ts';
import type { SignedIn } from '../../harness/sessions.ts';
import type { Step } from '../abuse/siege.ts';
import type { Site } from './site.ts';
import { articleCount } from './template.ts';

/** Expectations of a crowd. */
interface CrowdRules {
  /** Default: never. */
  readonly resets?: ResetRule;
  /** Close codes that connections may get; undefined: any after which clients reconnect. */
  readonly closes?: readonly number[];
}

/** Figures of a scenario, for a report. */
export type Figures = Record<string, string | number>;

/** Time limit until the service works again after the end of a fault, in milliseconds. */
const healthyMs = 5000;

/** Time limit for the last events to reach the log of the site, in milliseconds. */
const relayedMs = 10_000;

/** Parameters of a scenario. */
interface WorldOptions {
  readonly seed: number;
  readonly leeway: number;
  /** Names of attacks; empty: all. */
  readonly attacks: readonly string[];
}

/** Everything that one scenario adds to a site, above all its clients; closed at its end. */
export class World {
  readonly random: Random;
  /** Broken promises, besides those that the checker finds. */
  readonly faults: string[] = [];
  readonly attacks: readonly string[];
  /** Attacks with their figures, for a table of their own. */
  readonly steps: Step[] = [];
  /** Factor by which promised times may be exceeded: in the short form the machine may be busy with other work. */
  readonly leeway: number;
  readonly #site: Site;
  readonly #seed: number;
  readonly #nodes = new Set<ServiceNode>();
  readonly #crowds: { readonly crowd: Crowd; readonly rules: CrowdRules }[] = [];
  readonly #writers: Writers[] = [];
  readonly #closers: (() => unknown)[] = [];
  #writerCount = 0;
  #isClosed = false;

  constructor(site: Site, { seed, leeway, attacks }: WorldOptions) {
    this.attacks = attacks;
    this.#site = site;
    this.#seed = seed;
    this.leeway = leeway;
    this.random = new Random(seed);
  }

  get postgres(): Postgres {
    return this.#site.postgres;
  }

  get signedIn(): readonly SignedIn[] {
    return this.#site.signedIn;
  }

  tell(step: Step): void {
    this.steps.push(step);
  }

  /** Registers an action for the end of the scenario, however it ends; it must tolerate being called twice. */
  onClose(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** Keys of the first `count` articles. */
  articleIds(count: number): string[] {
    return Array.from({ length: Math.min(count, articleCount) }, (_, index) => String(index + 1));
  }

  /** @param settings of the service, by their names in the environment */
  async startNode(settings: Record<string, string> = {}): Promise<ServiceNode> {
    const [node] = await this.startNodes(1, settings);
    if (!node) throw new Error('No node was started');
    return node;
  }

  /** @param settings of the service, by their names in the environment */
  async startNodes(count: number, settings: Record<string, string> = {}): Promise<ServiceNode[]> {
    const nodes = await this.#site.nodes(count, settings);
    for (const node of nodes) this.#nodes.add(node);
    return nodes;
  }

  /** Two nodes, and Redis between them. */
  async startPair(
    settings: Record<string, string> = {},
  ): Promise<{ nodes: [ServiceNode, ServiceNode]; redis: Redis }> {
    const [first, second] = await this.startNodes(2, settings);
    if (!first || !second) throw new Error('No nodes were started');
    return { nodes: [first, second], redis: this.#site.redis };
  }

  async openBalancer(nodes: readonly ServiceNode[]): Promise<Balancer> {
    const balancer = await Balancer.open(nodes);
    this.#closers.push(() => balancer.close());
    return balancer;
  }

  async openBadNetwork(node: ServiceNode): Promise<BadNetwork> {
    const network = await BadNetwork.open(node.port, this.random);
    this.#closers.push(() => network.close());
    return network;
  }

  /** Subscribers, all of them live. */
  async openCrowd(options: Omit<CrowdOptions, 'seed' | 'name'>, rules: CrowdRules = {}): Promise<Crowd> {
    this.#requireOpen();
    const crowd = new Crowd();
    this.#crowds.push({ crowd, rules });
    this.#closers.push(() => crowd.close());
    await crowd.open({ ...options, name: `crowd-${this.#crowds.length}`, seed: this.#seed });
    await crowd.untilLive();
    return crowd;
  }

  startWriters({
    count,
    ...options
  }: Omit<WritersOptions, 'signedIn' | 'random'> & { readonly count: number }): Writers {
    this.#requireOpen();
    // Each set of writers has accounts of its own, because some limits count by account.
    const signedIn = this.#site.signedIn.slice(this.#writerCount, this.#writerCount + count);
    this.#writerCount += signedIn.length;
    const writers = new Writers({ ...options, signedIn, random: this.random });
    this.#writers.push(writers);
    this.#closers.push(() => writers.finish().catch(() => undefined));
    return writers;
  }

  /**
   * Lets the scenario continue for about this time, plus or minus half of it, so that the next fault hits at a random
   * moment.
   */
  async goOn(milliseconds: number): Promise<void> {
    await sleep(milliseconds * (0.5 + this.random.next()));
  }

  /**
   * Checks that the service works after the end of a fault: it is ready, and accepts a comment.
   * @param writers whose requests go to that node alone: one that waits for an answer of another node sends no new one
   * @param withinMs by default the promised time
   * @returns milliseconds until it accepted a comment
   */
  async expectHealthy(
    node: ServiceNode,
    writers: Writers,
    withinMs = healthyMs * this.leeway,
  ): Promise<number> {
    const milliseconds = Math.round(await writers.untilAcknowledged(withinMs));
    this.expect(
      milliseconds <= withinMs,
      `no comment was taken within ${withinMs} ms of the end of the fault`,
    );
    // Readiness uses a connection of its own, which may take a moment longer than those of the writers.
    const deadline = performance.now() + withinMs;
    let isReady = await node.isReady();
    while (!isReady && performance.now() < deadline) isReady = await node.isReady();
    this.expect(isReady, 'a service that takes comments says that it is not ready');
    return milliseconds;
  }

  /** Records a broken promise unless the condition holds. */
  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.faults.push(otherwise);
  }

  query<Row extends object>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    const run = async (client: Client) => (await client.query<Row>(statement, [...values])).rows;
    return onConnection(this.postgres.url, run);
  }

  logs(): Promise<Logs> {
    return onConnection(this.postgres.url, selectLogs);
  }

  /** Stops the writers, lets all subscribers catch up, and compares what all clients saw with the database. */
  async verify(standstillMs: number): Promise<Figures> {
    await Promise.all(this.#writers.map((writers) => writers.finish()));
    const logs = await this.logs();
    const posts = this.#writers.flatMap((writers) => writers.posts);
    this.#site.posts.push(...posts);
    const stored = await onConnection(this.postgres.url, selectPosted);
    this.faults.push(...checkLogs(logs), ...checkPosts(this.#site.posts, stored, logs));
    for (const { unexpected } of this.#writers) this.faults.push(...new Set(unexpected));
    if ([...this.#nodes].some((node) => node.isRunning)) await this.untilRelayed();
    const site = await onConnection(this.postgres.url, selectSiteLog);
    this.faults.push(...checkSite(site, logs));
    const moderation = await onConnection(this.postgres.url, selectModerationLog);
    const all = { ...logs, [siteLog.keyOf()]: site, [moderationLog.keyOf()]: moderation };
    const crowds = await this.#verifyCrowds(all, standstillMs);
    for (const { crashes } of this.#nodes) this.faults.push(...crashes.splice(0));
    const count = (outcome: string) => posts.filter((post) => post.outcome === outcome).length;
    return {
      acknowledged: count('acknowledged'),
      unknown: count('unknown'),
      failed: count('failed'),
      repeated: sum(this.#writers.map(({ retries }) => retries)),
      unavailable: sum(this.#writers.map(({ unavailable }) => unavailable)),
      ...crowds,
    };
  }

  /** Waits until the log of the whole site has everything; nobody may write meanwhile. */
  async untilRelayed(): Promise<void> {
    const overdue = performance.now() + relayedMs * this.leeway;
    const articles = await onConnection(this.postgres.url, async (client) => {
      for (;;) {
        const behind = await countUnrelayed(client);
        if (behind === 0 || performance.now() > overdue) return behind;
        await sleep(50);
      }
    });
    this.expect(articles === 0, `the events of ${articles} articles did not reach the log of the site`);
  }

  async #verifyCrowds(logs: Logs, standstillMs: number): Promise<Figures> {
    const settled = await Promise.all(this.#crowds.map(({ crowd }) => crowd.settle(logs, standstillMs)));
    const listed = await onConnection(this.postgres.url, selectListed);
    const results = await Promise.all(
      this.#crowds.map(async ({ crowd, rules }) => {
        const result = await crowd.check({ logs, resets: rules.resets ?? 'never', listed });
        const codes = Object.keys(result.closes).filter(
          (code) => !(rules.closes?.includes(Number(code)) ?? true),
        );
        this.faults.push(...result.faults, ...codes.map((code) => `connections were closed with ${code}`));
        return result;
      }),
    );
    const closes = new Map<string, number>();
    for (const result of results)
      for (const [code, times] of Object.entries(result.closes))
        closes.set(code, (closes.get(code) ?? 0) + times);
    return {
      subscribers: sum(results.map(({ subscribers }) => subscribers)),
      events: sum(results.map(({ events }) => events)),
      resets: sum(results.map(({ resets }) => resets)),
      closes: [...closes].map(([code, times]) => `${code} × ${times}`).join(', ') || '–',
      'settled after ms': Math.round(Math.max(0, ...settled.map(({ milliseconds }) => milliseconds))),
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // Clients first, in the reverse order of their creation.
    for (const close of this.#closers.reverse()) await close();
  }

  /** A scenario that was given up continues until it uses the world again. */
  #requireOpen(): void {
    if (this.#isClosed) throw new Error('The scenario is over');
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
