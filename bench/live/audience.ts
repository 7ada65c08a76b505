import { Child } from '../../harness/processes/child.ts';
import type { Commit } from './commit.ts';
import { LatencyCounts } from './latencies.ts';
import type { Line } from './subscriber.ts';
import type { Listener, Position, Received, SubscriberJob } from './subscribers.ts';

/** Deliveries to a whole audience. Times in milliseconds from commit to receipt. */
export interface AudienceReceived {
  readonly deliveries: number;
  readonly p50: number;
  readonly p99: number;
  /** For the first third of the events, and for the last. */
  readonly firstP99: number;
  readonly lastP99: number;
}

/** Subscribers, distributed over two processes. */
export class Audience {
  readonly #children = [new Child('bench/live/subscribers'), new Child('bench/live/subscribers')] as const;

  async open(group: string, line: Line, listeners: readonly Listener[]): Promise<void> {
    await this.#askAll((index) => ({
      do: 'open',
      group,
      line,
      listeners: listeners.filter((_, place) => place % this.#children.length === index),
    }));
  }

  /**
   * Resolves when every subscriber has received all commits; throws when one is duplicated, out of order or missing.
   */
  async receive(group: string, commits: readonly Commit[]): Promise<AudienceReceived> {
    const parts = await this.#askAll<Received>(() => ({ do: 'receive', group, commits }));
    const added = (of: (received: Received) => Received['all']): LatencyCounts => {
      const counts = new LatencyCounts();
      for (const part of parts) counts.addAll(of(part));
      return counts;
    };
    const all = added((part) => part.all);
    return {
      deliveries: parts.reduce((sum, part) => sum + part.deliveries, 0),
      p50: all.quantile(0.5),
      p99: all.quantile(0.99),
      firstP99: added((part) => part.first).quantile(0.99),
      lastP99: added((part) => part.last).quantile(0.99),
    };
  }

  /**
   * Disconnects all sockets of a group, which reconnects at once.
   * @param from the position that they resume from; undefined: the server sends what it has kept
   * @returns milliseconds until every subscriber had everything up to `last`
   */
  async comeBack(group: string, line: Line, from: Position | undefined, last: number): Promise<number> {
    const start = performance.now();
    await this.#askAll(() => ({ do: 'return', group, line, from, last }));
    return performance.now() - start;
  }

  /** The renderings of a number of an article's events, as a signed-out subscriber receives them. */
  frames(line: Line, articleId: string, from: Position, count: number): Promise<readonly string[]> {
    const job: SubscriberJob = { do: 'frames', line, articleId, from, count };
    return this.#children[0].ask(job);
  }

  async close(group: string): Promise<void> {
    await this.#askAll(() => ({ do: 'close', group }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
  }

  #askAll<Answer>(job: (index: number) => SubscriberJob): Promise<Answer[]> {
    return Promise.all(this.#children.map((child, index) => child.ask<Answer>(job(index))));
  }
}
