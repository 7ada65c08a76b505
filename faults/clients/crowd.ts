import { Child } from '../../harness/processes/child.ts';
import type { Logs } from '../check/history.ts';
import type { CrowdCheck, CrowdOptions, CrowdQuestion, CrowdResult, Latencies } from './crowd-process.ts';
import type { RaceOptions } from './races.ts';

/** Progress of a crowd within some time. */
export interface Arrival {
  /** Number of subscribers that did not arrive. */
  readonly missing: number;
  readonly milliseconds: number;
}

const patienceMs = 30_000;

/** Many subscribers in a process of their own, which reconnect by their cursors indefinitely. */
export class Crowd {
  readonly #process = new Child('faults/clients/crowd-process');
  /** Serialises the questions, because the process takes one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  open(options: CrowdOptions): Promise<void> {
    return this.#ask({ do: 'open', options });
  }

  /** Waits until every subscriber is live. @returns the number of those that are not, and the milliseconds */
  live(withinMs: number): Promise<Arrival> {
    return this.#ask({ do: 'untilLive', withinMs });
  }

  /** @throws Error if a subscriber was not live in time */
  async untilLive(): Promise<void> {
    const { missing } = await this.live(patienceMs);
    if (missing > 0) throw new Error(`${missing} subscribers were not live within ${patienceMs} ms`);
  }

  /** Waits until all subscribers have reached the end of the logs, or none makes progress for `standstillMs`. */
  settle(logs: Logs, standstillMs: number): Promise<Arrival> {
    const heads = Object.fromEntries(Object.entries(logs).map(([articleId, log]) => [articleId, log.length]));
    return this.#ask({ do: 'settle', heads, standstillMs });
  }

  check(asked: CrowdCheck): Promise<CrowdResult> {
    return this.#ask({ do: 'check', asked });
  }

  /** Latencies of events since the last call. */
  latencies(): Promise<Latencies> {
    return this.#ask({ do: 'latencies' });
  }

  /** Parts of texts that the subscribers have received (`CrowdOptions.marks`). */
  marks(): Promise<readonly string[]> {
    return this.#ask({ do: 'marks' });
  }

  /** Applies an action to the first subscribers, up to the given share. */
  each(action: 'cut' | 'offline' | 'online' | 'stopReading' | 'read', share = 1): Promise<void> {
    return this.#ask({ do: action, share });
  }

  race(options: RaceOptions): Promise<void> {
    return this.#ask({ do: 'race', options });
  }

  async close(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  #ask<Value>(question: CrowdQuestion): Promise<Value> {
    const answer = this.#last.then(() => this.#process.ask<Value>(question));
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}
