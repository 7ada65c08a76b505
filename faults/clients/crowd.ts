import { Child } from '../../bench/measure/child.ts';
import type { Logs } from '../check/history.ts';
import type { CrowdCheck, CrowdOptions, CrowdQuestion, CrowdResult, Latencies } from './crowd-process.ts';
import type { RaceOptions } from './races.ts';

/** How far a crowd got within some time. */
export interface Arrival {
  /** How many did not get there. */
  readonly missing: number;
  readonly milliseconds: number;
}

const patienceMs = 30_000;

/** Many subscribers in a process of their own, which all resume by their cursors for ever. */
export class Crowd {
  readonly #process = new Child('faults/clients/crowd-process');
  /** One question at a time. */
  #last: Promise<unknown> = Promise.resolve();

  open(options: CrowdOptions): Promise<void> {
    return this.#ask({ do: 'open', options });
  }

  /** Waits until every subscriber has been told that it is live. @returns how many have not, and the milliseconds */
  live(withinMs: number): Promise<Arrival> {
    return this.#ask({ do: 'untilLive', withinMs });
  }

  /** @throws Error if one was not live in time */
  async untilLive(): Promise<void> {
    const { missing } = await this.live(patienceMs);
    if (missing > 0) throw new Error(`${missing} subscribers were not live within ${patienceMs} ms`);
  }

  /** Waits until everybody has got as far as the logs, or nobody gets any further for so long. */
  settle(logs: Logs, standstillMs: number): Promise<Arrival> {
    const heads = Object.fromEntries(Object.entries(logs).map(([articleId, log]) => [articleId, log.length]));
    return this.#ask({ do: 'settle', heads, standstillMs });
  }

  check(asked: CrowdCheck): Promise<CrowdResult> {
    return this.#ask({ do: 'check', asked });
  }

  /** How long events took since this was asked last. */
  latencies(): Promise<Latencies> {
    return this.#ask({ do: 'latencies' });
  }

  /** Does something to the first so many of them, by share. */
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
